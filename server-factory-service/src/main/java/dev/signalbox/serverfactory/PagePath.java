package dev.signalbox.serverfactory;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;

/** Paths in the one form in which equal ones are equal, RFC 3986 section 6.2.2. */
final class PagePath {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** What stands for itself in a path: unreserved and reserved characters, RFC 3986 section 3.3. */
  private static final String ALLOWED = "-._~!$&'()*+,;=:@/";

  private PagePath() {}

  /**
   * A path with percent-encoding where it is needed alone and without dot segments. An encoded
   * slash stays encoded, for it is no slash; so do bytes that are no text.
   *
   * @param path begins with a slash
   */
  static String normal(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b != '%') {
        append(b, isAllowed(b), encoded);
      } else if (i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2])) {
        byte value =
            (byte)
                (HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
        append(value, isUnreserved(value), encoded);
        i += 2;
      } else {
        append(b, false, encoded);
      }
    }
    return encoded.indexOf("/.") < 0 ? encoded.toString() : withoutDots(encoded.toString());
  }

  private static void append(byte b, boolean itself, StringBuilder to) {
    if (itself) {
      to.append((char) b);
    } else {
      to.append('%').append(HEX.toHexDigits(b));
    }
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }

  private static boolean isAllowed(byte b) {
    return isUnreserved(b) || ALLOWED.indexOf(b) >= 0;
  }

  private static boolean isHex(byte b) {
    return HexFormat.isHexDigit(b);
  }

  /** RFC 3986 section 5.2.4. */
  private static String withoutDots(String path) {
    Deque<String> segments = new ArrayDeque<>();
    String last = "";
    for (String segment : path.substring(1).split("/", -1)) {
      last = segment;
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    boolean endsInDots = last.equals(".") || last.equals("..");
    String joined = "/" + String.join("/", segments);
    return endsInDots && !segments.isEmpty() ? joined + "/" : joined;
  }
}
