package dev.signalbox.contracts.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Paths as text. On Unix a name is any bytes without a slash and a NUL. Bytes that are UTF-8 are
 * the characters they encode; every other byte is a NUL, which no name can hold, and two lowercase
 * hexadecimal digits. So each path has one text, and each text one path.
 */
public final class PathText {

  private static final char ESCAPE = '\0';
  private static final HexFormat HEX = HexFormat.of();

  private PathText() {}

  /** The text of a path. A NUL among the bytes stays one. */
  public static String of(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf('\ufffd') < 0 ? text : escaped(bytes);
  }

  private static String escaped(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(3 * bytes.length);
    CoderResult result = decoder.decode(from, to, true);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        to.put(ESCAPE).put(HEX.toHexDigits(from.get()));
      }
      result = decoder.reset().decode(from, to, true);
    }
    return to.flip().toString();
  }

  /** The bytes of a path. */
  public static byte[] bytes(String text) {
    int escape = text.indexOf(ESCAPE);
    if (escape < 0) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int begin = 0;
    while (escape >= 0) {
      bytes.writeBytes(text.substring(begin, escape).getBytes(StandardCharsets.UTF_8));
      if (isEscape(text, escape)) {
        bytes.write(HexFormat.fromHexDigits(text, escape + 1, escape + 3));
        begin = escape + 3;
      } else {
        bytes.write(0);
        begin = escape + 1;
      }
      escape = text.indexOf(ESCAPE, begin);
    }
    bytes.writeBytes(text.substring(begin).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static boolean isEscape(String text, int at) {
    return at + 2 < text.length()
        && HexFormat.isHexDigit(text.charAt(at + 1))
        && HexFormat.isHexDigit(text.charAt(at + 2));
  }

  /**
   * Whether a text is that of a path: not so are a NUL that begins no escape, an escape of what is
   * UTF-8 all the same, and half of a surrogate pair.
   */
  public static boolean isPath(String text) {
    boolean plain = true;
    for (int i = 0; i < text.length() && plain; i++) {
      char c = text.charAt(i);
      plain = c != ESCAPE && !Character.isSurrogate(c);
    }
    if (plain) {
      return true;
    }
    byte[] bytes = bytes(text);
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    return of(bytes).equals(text);
  }

  /** A path for a reader: U+FFFD stands for what is not UTF-8. */
  public static String readable(String text) {
    return text.indexOf(ESCAPE) < 0 ? text : new String(bytes(text), StandardCharsets.UTF_8);
  }
}
