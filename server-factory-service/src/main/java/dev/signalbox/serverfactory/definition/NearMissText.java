package dev.signalbox.serverfactory.definition;

import java.util.List;
import java.util.Set;

/** Words for a condition that a request does not fulfil; short, whatever the request holds. */
public final class NearMissText {

  /** The kind of a condition on a header. */
  public static final String HEADER = "header";

  private static final int MAX_SHOWN = 100;

  /**
   * Headers whose values are shown. A hint goes to whoever asks, and what a route waits for may be
   * what lets somebody in, under whatever name.
   */
  private static final Set<String> SHOWN_HEADERS =
      Set.of(
          "accept",
          "accept-charset",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "connection",
          "content-encoding",
          "content-language",
          "content-length",
          "content-type",
          "expect",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "origin",
          "prefer",
          "range",
          "te",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  private NearMissText() {}

  /** Such as {@code header accept is text/html, not application/json}. */
  public static String of(String what, List<String> values, ValueMatcher matcher) {
    String wanted = shown(matcher.describe());
    return values.isEmpty()
        ? what + " is missing, not " + wanted
        : what + " is " + shown(joined(values)) + ", not " + wanted;
  }

  /** As much of the values as is shown: there may be a whole body of them. */
  private static String joined(List<String> values) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.size() && text.length() <= MAX_SHOWN; i++) {
      String value = values.get(i);
      text.append(i == 0 ? "" : ", ").append(value, 0, Math.min(value.length(), MAX_SHOWN + 1));
    }
    return text.toString();
  }

  /** Whether values of a condition may be told to whoever asks. */
  public static boolean isShown(String kind, String name) {
    return kind.equals(HEADER) && SHOWN_HEADERS.contains(name);
  }

  /** As {@link #of}, for whoever asks: without values. */
  public static String hint(String what, List<String> values) {
    return values.isEmpty() ? what + " is missing" : what + " is not what the route waits for";
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
