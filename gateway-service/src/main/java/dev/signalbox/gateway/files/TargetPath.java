package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.PathText;
import dev.signalbox.platform.uri.UriPath;
import java.util.Arrays;

/**
 * Decodes the path of a request target to a file path: percent-escapes, once. file-service decides
 * whether a path may be used.
 */
final class TargetPath {

  private static final String PATH_CHARS = "/!$&'()*+,;=:@";

  private TargetPath() {}

  /** The result of decoding. */
  sealed interface Decoded {}

  /** A path for file-service, as {@link PathText}. */
  record Fine(String path) implements Decoded {}

  /** An invalid escape or a NUL. */
  record Malformed(String message) implements Decoded {}

  /**
   * Decodes a path.
   *
   * @param raw as in the request line, beginning with a slash; the HTTP decoder maps bytes above
   *     0x7f to the characters of the same value
   */
  static Decoded decode(String raw) {
    int plain = plainLength(raw);
    return plain == raw.length() ? new Fine(raw) : decodeRest(raw, plain);
  }

  /** Encodes a path ({@link PathText}) for a URI (RFC 3986 section 3.3). */
  static String encode(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    for (byte b : PathText.bytes(path)) {
      char c = (char) (b & 0xff);
      if (UriPath.isUnreserved(c) || PATH_CHARS.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        UriPath.encode(b, encoded);
      }
    }
    return encoded.toString();
  }

  /** Length of the prefix that needs no decoding. */
  private static int plainLength(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%' || c <= ' ' || c >= 0x7f) {
        return i;
      }
    }
    return raw.length();
  }

  private static Decoded decodeRest(String raw, int plain) {
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      int value = c;
      if (i >= plain && c == '%') {
        value = UriPath.decode(raw, i);
        if (value < 0) {
          return new Malformed("The path has a percent sign without two hex digits after it");
        }
        i += 2;
      }
      if (value == 0) {
        return new Malformed("The path has a NUL character");
      }
      if (value > 0xff) {
        return new Malformed("The path has a character that is not percent-encoded");
      }
      bytes[length++] = (byte) value;
    }
    return new Fine(PathText.of(Arrays.copyOf(bytes, length)));
  }
}
