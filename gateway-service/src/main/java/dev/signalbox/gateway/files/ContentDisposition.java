package dev.signalbox.gateway.files;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Content-Disposition with a file's name (RFC 6266). */
final class ContentDisposition {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String ATTRIBUTE_CHARS = "!#$&+-.^_`|~";

  private ContentDisposition() {}

  /** {@code attachment} under a name; one beyond plain ASCII is given in both forms. */
  static String attachment(String name) {
    StringBuilder header = new StringBuilder(name.length() + 32).append("attachment; filename=\"");
    boolean plain = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      // Quotes and backslashes need escapes, and some readers decode percent signs: appendix D.
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
      header.append("; filename*=UTF-8''");
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        char c = (char) (b & 0xff);
        if (isAttributeChar(c)) {
          header.append(c);
        } else {
          HEX.toHexDigits(header.append('%'), b);
        }
      }
    }
    return header.toString();
  }

  /** RFC 8187 section 3.2.1. */
  private static boolean isAttributeChar(char c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || ATTRIBUTE_CHARS.indexOf(c) >= 0;
  }
}
