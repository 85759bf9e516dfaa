package dev.signalbox.gateway.files;

import dev.signalbox.platform.uri.UriPath;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the path of a request target to a file path: percent-escapes once, as UTF-8. file-service
 * decides whether the file may be read; this class rejects only what decoding hides from it: nested
 * escapes, and overlong forms, which some decoders read as dots.
 */
final class TargetPath {

  private static final int ESCAPE_LEVELS = 5;
  private static final String PATH_CHARS = "/-._~!$&'()*+,;=:@";

  private TargetPath() {}

  /** The result of decoding. */
  sealed interface Decoded {}

  /** A path for file-service. */
  record Fine(String path) implements Decoded {}

  /** An invalid escape, invalid UTF-8 or a NUL. */
  record Malformed(String message) implements Decoded {}

  /** A disguised path outside the root. */
  record Outside(String message) implements Decoded {}

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

  /** Encodes a path for a URI (RFC 3986 section 3.3). */
  static String encode(String path) {
    return UriPath.encode(path, PATH_CHARS);
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
    if (hasOverlongForm(bytes, length)) {
      return new Outside("The path has an overlong UTF-8 form");
    }
    try {
      String path =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      return leavesWhenDecodedAgain(path)
          ? new Outside("The path leaves the root")
          : new Fine(path);
    } catch (CharacterCodingException _) {
      return new Malformed("The path is not UTF-8");
    }
  }

  /** Whether ASCII is encoded in two to four bytes, which is invalid (RFC 3629 section 3). */
  private static boolean hasOverlongForm(byte[] bytes, int length) {
    for (int i = 0; i + 1 < length; i++) {
      int first = bytes[i] & 0xff;
      int second = bytes[i + 1] & 0xff;
      if (first == 0xc0
          || first == 0xc1
          || (first == 0xe0 && second >= 0x80 && second < 0xa0)
          || (first == 0xf0 && second >= 0x80 && second < 0x90)) {
        return true;
      }
    }
    return false;
  }

  /** Whether decoding again yields {@code ..}, as with {@code %252e%252e}. */
  private static boolean leavesWhenDecodedAgain(String path) {
    String text = path;
    for (int level = 0; level < ESCAPE_LEVELS && text.indexOf('%') >= 0; level++) {
      String next = decodedLeniently(text);
      if (next == null) {
        return false;
      }
      if (hasDotDot(next) || next.indexOf('\\') >= 0) {
        return true;
      }
      text = next;
    }
    return false;
  }

  /** The decoded text; null when it has no escape. */
  private static @Nullable String decodedLeniently(String text) {
    StringBuilder decoded = new StringBuilder(text.length());
    boolean any = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' ? UriPath.decode(text, i) : -1;
      if (value >= 0) {
        decoded.append((char) value);
        i += 2;
        any = true;
      } else {
        decoded.append(c);
      }
    }
    return any ? decoded.toString() : null;
  }

  private static boolean hasDotDot(String path) {
    return ("/" + path + "/").contains("/../");
  }
}
