package dev.signalbox.platform.diagnostic;

import org.jspecify.annotations.Nullable;

/**
 * What a check found wrong.
 *
 * @param code what it is
 * @param service the service it concerns; null for that of the check
 * @param subject tells several of one code apart, such as the name of an operation; empty for one
 *     that there is once
 * @param detail a sentence with figures; cut after {@value #LONGEST_DETAIL} characters
 */
public record Symptom(FindingCode code, @Nullable String service, String subject, String detail) {

  static final int LONGEST_DETAIL = 500;

  public Symptom {
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL - 1) + "…";
    }
  }

  /** Something that there is once for the service or process that the check belongs to. */
  public static Symptom of(FindingCode code, String detail) {
    return new Symptom(code, null, "", detail);
  }

  /** One of several of a code. */
  public static Symptom of(FindingCode code, String subject, String detail) {
    return new Symptom(code, null, subject, detail);
  }
}
