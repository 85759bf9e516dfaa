package dev.signalbox.gateway.files;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A path as a URI has it (RFC 3986 section 3.3). */
final class UriPath {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String OTHERS = "/-._~!$&'()*+,;=:@";

  private UriPath() {}

  /** Escapes what must be escaped. */
  static String escape(String path) {
    StringBuilder escaped = new StringBuilder(path.length() + 16);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || OTHERS.indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        HEX.toHexDigits(escaped.append('%'), b);
      }
    }
    return escaped.toString();
  }
}
