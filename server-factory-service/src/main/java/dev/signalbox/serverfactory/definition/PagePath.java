package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.uri.UriPath;
import java.nio.charset.StandardCharsets;

/** Paths in the one form in which equal ones are equal, RFC 3986 section 6.2.2. */
public final class PagePath {

  /** What stands for itself in a path beside unreserved characters, RFC 3986 section 3.3. */
  private static final String ALLOWED = "!$&'()*+,;=:@/";

  /** Which characters of ASCII stand for themselves. */
  private static final boolean[] ITSELF = new boolean[0x80];

  static {
    for (char c = 0; c < ITSELF.length; c++) {
      ITSELF[c] = UriPath.isUnreserved(c) || ALLOWED.indexOf(c) >= 0;
    }
  }

  private PagePath() {}

  /**
   * A path with percent-encoding where it is needed alone and without dot segments. An encoded
   * slash stays encoded, for it is no slash; so do bytes that are no text.
   *
   * @param path begins with a slash
   */
  public static String normal(String path) {
    return isNormal(path) ? path : normalized(path);
  }

  /** Most paths are in that form already. */
  private static boolean isNormal(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c >= 0x80 || !ITSELF[c] || (c == '.' && i > 0 && path.charAt(i - 1) == '/')) {
        return false;
      }
    }
    return true;
  }

  private static String normalized(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    // A character for each byte.
    String octets = new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      int escaped = c == '%' ? UriPath.decode(octets, i) : -1;
      if (escaped >= 0) {
        append((char) escaped, UriPath.isUnreserved((char) escaped), encoded);
        i += 2;
      } else {
        append(c, UriPath.isUnreserved(c) || ALLOWED.indexOf(c) >= 0, encoded);
      }
    }
    return UriPath.removeDotSegments(encoded.toString());
  }

  private static void append(char octet, boolean itself, StringBuilder to) {
    if (itself) {
      to.append(octet);
    } else {
      UriPath.encode((byte) octet, to);
    }
  }
}
