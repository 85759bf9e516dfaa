package dev.signalbox.gateway.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request target as the file it means: percent-escapes decoded once, as UTF-8.
 * Whether the file may be seen is for file-service to say; here only what it could no longer see is
 * refused: escapes within escapes, and overlong forms, which some decoders would take for dots.
 */
final class TargetPath {

  private static final int ESCAPE_LEVELS = 5;

  private TargetPath() {}

  /** What a path may turn out to be. */
  sealed interface Decoded {}

  /** A path for file-service. */
  record Fine(String path) implements Decoded {}

  /** Not a path: an escape that is none, bytes that are not UTF-8, a NUL. */
  record Malformed(String message) implements Decoded {}

  /** A disguised way out of the root. */
  record Outside(String message) implements Decoded {}

  /**
   * Decodes a path.
   *
   * @param raw as in the request line, beginning with a slash; characters above 0x7f stand for
   *     bytes, as the HTTP decoder leaves them
   */
  static Decoded decode(String raw) {
    int plain = plainLength(raw);
    return plain == raw.length() ? new Fine(raw) : decodeRest(raw, plain);
  }

  /** How much of a path needs no decoding. */
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
        value = escaped(raw, i);
        if (value < 0) {
          return new Malformed("The path has a percent sign without two hex digits behind it");
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
      return new Outside("the path hides a character of its own");
    }
    try {
      String path =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      return leavesWhenDecodedAgain(path)
          ? new Outside("the path leaves the root")
          : new Fine(path);
    } catch (CharacterCodingException _) {
      return new Malformed("The path is not UTF-8");
    }
  }

  /** The byte an escape stands for; negative when it is none. */
  private static int escaped(String text, int percent) {
    if (percent + 2 >= text.length()) {
      return -1;
    }
    int high = hex(text.charAt(percent + 1));
    int low = hex(text.charAt(percent + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hex(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  /**
   * ASCII in two, three or four bytes (RFC 3629 section 3): never well-formed, always on purpose.
   */
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

  /** Whether a decoder that decodes again would find dots, as {@code %252e%252e} hopes. */
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

  /** Null when there is no escape to decode. */
  private static @Nullable String decodedLeniently(String text) {
    StringBuilder decoded = new StringBuilder(text.length());
    boolean any = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' ? escaped(text, i) : -1;
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
    for (int at = path.indexOf(".."); at >= 0; at = path.indexOf("..", at + 1)) {
      boolean begins = at == 0 || path.charAt(at - 1) == '/';
      int end = at + 2;
      if (begins && (end == path.length() || path.charAt(end) == '/')) {
        return true;
      }
    }
    return false;
  }
}
