package dev.signalbox.serverfactory.definition;

import java.util.List;
import java.util.Locale;

/** Words for a condition that a request does not fulfil; short, whatever the request holds. */
public final class NearMissText {

  private static final int MAX_SHOWN = 100;

  /** Parts of names whose values let somebody in. A hint goes to whoever asks. */
  private static final List<String> CREDENTIALS =
      List.of(
          "authorization",
          "token",
          "secret",
          "passw",
          "passphrase",
          "api-key",
          "api_key",
          "apikey",
          "access-key",
          "access_key",
          "signature",
          "credential",
          "session",
          "cookie");

  private NearMissText() {}

  /** Such as {@code header accept is text/html, not application/json}. */
  public static String of(String what, List<String> values, ValueMatcher matcher) {
    String wanted = shown(matcher.describe());
    return values.isEmpty()
        ? what + " is missing, not " + wanted
        : what + " is " + shown(String.join(", ", values)) + ", not " + wanted;
  }

  /**
   * As {@link #of}, for what has a name. Neither value is shown of a name that credentials go by.
   *
   * @param kind such as {@code header}
   */
  public static String of(String kind, String name, List<String> values, ValueMatcher matcher) {
    String what = kind + " " + shown(name);
    String lower = name.toLowerCase(Locale.ROOT);
    if (CREDENTIALS.stream().noneMatch(lower::contains)) {
      return of(what, values, matcher);
    }
    return what + (values.isEmpty() ? " is missing" : " is another") + " (values are not shown)";
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
