package dev.signalbox.platform.uri;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding and dot segments of paths, RFC 3986. */
public final class UriPath {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private UriPath() {}

  /** Whether a character never needs encoding, RFC 3986 section 2.3. */
  public static boolean isUnreserved(char c) {
    return isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** A text in UTF-8 with all bytes percent-encoded but letters, digits and {@code others}. */
  public static String encode(String text, String others) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isAlphanumeric(c) || others.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encode(b, encoded);
      }
    }
    return encoded.toString();
  }

  /** Appends the escape of a byte. */
  public static void encode(byte b, StringBuilder to) {
    HEX.toHexDigits(to.append('%'), b);
  }

  /**
   * The byte of an escape.
   *
   * @param percent where its percent sign stands
   * @return 0 to 255; -1 when two hexadecimal digits do not follow
   */
  public static int decode(CharSequence text, int percent) {
    return percent + 2 < text.length()
            && HexFormat.isHexDigit(text.charAt(percent + 1))
            && HexFormat.isHexDigit(text.charAt(percent + 2))
        ? HexFormat.fromHexDigits(text, percent + 1, percent + 3)
        : -1;
  }

  /**
   * A path without the segments {@code .} and {@code ..}, RFC 3986 section 5.2.4. An encoded dot is
   * no dot here, and empty segments stay.
   *
   * @param path begins with a slash and has no query
   */
  public static String removeDotSegments(String path) {
    if (!path.contains("/.")) {
      return path;
    }
    StringBuilder result = new StringBuilder(path.length());
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      if (segment.equals("..")) {
        result.setLength(Math.max(result.lastIndexOf("/"), 0));
      } else if (!segment.equals(".")) {
        result.append('/').append(segment);
        continue;
      }
      if (i == segments.length - 1) {
        result.append('/');
      }
    }
    return result.toString();
  }
}
