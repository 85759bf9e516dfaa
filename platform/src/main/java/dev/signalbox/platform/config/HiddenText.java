package dev.signalbox.platform.config;

import java.util.regex.Pattern;

/** Settings as they are shown: a URL may have a password in it. */
final class HiddenText {

  static final String HIDDEN = "(hidden)";

  /** What stands between the slashes and the last {@code @} of the authority. */
  private static final Pattern USER = Pattern.compile("(?<=://)[^/?#\\s]*@");

  private static final Pattern PARAMETER =
      Pattern.compile("(?i)([?&][^=&\\s]*(?:pass|pwd|secret|token|key|credential)[^=&\\s]*=)[^&]*");

  private HiddenText() {}

  /** The text with what may be a secret part of a URL hidden. */
  static String of(String text) {
    String withoutUser = USER.matcher(text).replaceAll(HIDDEN + "@");
    return PARAMETER.matcher(withoutUser).replaceAll("$1" + HIDDEN);
  }
}
