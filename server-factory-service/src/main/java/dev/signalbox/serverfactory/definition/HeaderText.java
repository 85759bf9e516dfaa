package dev.signalbox.serverfactory.definition;

/** What HTTP allows in names and values of headers (RFC 9110 section 5). */
final class HeaderText {

  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private HeaderText() {}

  /** Whether a text is a token: a header's name, a method. */
  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.length() <= 256
        && text.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || TOKEN_MARKS.indexOf(c) >= 0);
  }

  /** Whether a text can be the value of a header: one line of ISO 8859-1. */
  static boolean isValue(String text) {
    return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xff && c != 0x7f));
  }
}
