package dev.signalbox.httpprobe.body;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A body as it can stand in JSON without loss: as text when its bytes are text in the declared
 * charset, UTF-8 unless another is declared; otherwise in base64.
 *
 * @param data what the result shows
 * @param encoding {@code text} or {@code base64}
 * @param text for assertions: as text in any case, with U+FFFD for bytes that are none
 * @param cut whether there was more
 */
public record BodyText(String data, String encoding, String text, boolean cut) {

  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:-]{1,40})", Pattern.CASE_INSENSITIVE);
  private static final int LONGEST_CHARACTER = 3;

  public static BodyText of(Body body, String contentType) {
    byte[] bytes = body.kept();
    if (bytes == null || bytes.length == 0) {
      return new BodyText("", "text", "", body.truncated());
    }
    Charset charset = charset(contentType);
    // A body that was cut may end inside a character; that does not make it binary.
    int most = body.truncated() ? Math.min(LONGEST_CHARACTER, bytes.length) : 0;
    for (int missing = 0; missing <= most; missing++) {
      try {
        String text =
            charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, 0, bytes.length - missing))
                .toString();
        return new BodyText(text, "text", text, body.truncated());
      } catch (CharacterCodingException notText) {
        // Try again without the last byte, or give up below.
      }
    }
    return new BodyText(
        Base64.getEncoder().encodeToString(bytes),
        "base64",
        new String(bytes, charset),
        body.truncated());
  }

  private static Charset charset(String contentType) {
    Matcher matcher = CHARSET.matcher(contentType);
    if (matcher.find()) {
      try {
        Charset declared = Charset.forName(matcher.group(1).toUpperCase(Locale.ROOT));
        if (declared.canEncode()) {
          return declared;
        }
      } catch (IllegalArgumentException unknown) {
        // Falls to UTF-8, as browsers do.
      }
    }
    return StandardCharsets.UTF_8;
  }
}
