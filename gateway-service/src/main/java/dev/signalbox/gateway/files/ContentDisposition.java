package dev.signalbox.gateway.files;

import dev.signalbox.platform.uri.UriPath;

/** Writes Content-Disposition with a file name (RFC 6266). */
final class ContentDisposition {

  /** RFC 8187 section 3.2.1. */
  private static final String ATTRIBUTE_CHARS = "!#$&+-.^_`|~";

  private ContentDisposition() {}

  /** {@code attachment} with a name, in both forms when it is not plain ASCII. */
  static String attachment(String name) {
    StringBuilder header = new StringBuilder(name.length() + 32).append("attachment; filename=\"");
    boolean plain = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      // Quotes and backslashes need escapes, and some clients decode percent signs: appendix D.
      boolean safe = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%';
      plain &= safe;
      if (safe) {
        header.append(c);
      } else if (!Character.isLowSurrogate(c)) {
        header.append('_');
      }
    }
    header.append('"');
    if (!plain) {
      header.append("; filename*=UTF-8''").append(UriPath.encode(name, ATTRIBUTE_CHARS));
    }
    return header.toString();
  }
}
