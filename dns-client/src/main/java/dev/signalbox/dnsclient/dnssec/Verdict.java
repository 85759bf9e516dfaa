package dev.signalbox.dnsclient.dnssec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What validation found (RFC 4035 section 4.3).
 *
 * @param status which of the four cases
 * @param reason why, as a sentence; null when there is nothing to say
 */
public record Verdict(Status status, @Nullable String reason) {

  /** The four cases. */
  public enum Status {
    /** Signed, with an unbroken chain from a trust anchor. */
    SECURE,
    /** Below a delegation that is proven to be unsigned, or below no anchor. */
    INSECURE,
    /** Should be signed, and is not or wrongly. */
    BOGUS,
    /** Could not be found out. */
    INDETERMINATE;

    /** The word clients see. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
