package dev.signalbox.serverfactory.definition;

import java.util.List;

/** Words for a condition that a request does not fulfil; short, whatever the request holds. */
public final class NearMissText {

  private static final int MAX_SHOWN = 100;

  private NearMissText() {}

  /** Such as {@code header accept is text/html, not application/json}. */
  public static String of(String what, List<String> values, ValueMatcher matcher) {
    String wanted = shown(matcher.describe());
    return values.isEmpty()
        ? what + " is missing, not " + wanted
        : what + " is " + shown(String.join(", ", values)) + ", not " + wanted;
  }

  /** A text without control characters, cut when it is long. */
  public static String shown(String text) {
    String part = text;
    if (text.length() > MAX_SHOWN) {
      int end = Character.isHighSurrogate(text.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
      part = text.substring(0, end) + "...";
    }
    StringBuilder shown = new StringBuilder(part.length());
    part.chars().forEach(c -> shown.append(Character.isISOControl(c) ? ' ' : (char) c));
    return shown.toString();
  }
}
