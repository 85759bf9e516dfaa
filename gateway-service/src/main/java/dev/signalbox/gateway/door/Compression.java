package dev.signalbox.gateway.door;

import dev.signalbox.gateway.route.Answer;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Compresses answers worth it: JSON above 1 KiB, for clients that take gzip. */
final class Compression {

  /** Larger ones are compressed off the event loop. */
  static final int LARGE = 262_144;

  private static final int SMALLEST = 1_024;

  private Compression() {}

  /** Whether an answer is of the kind that is compressed for whoever asks. */
  static boolean applies(Answer answer) {
    CharSequence type = answer.contentType();
    return type != null
        && answer.body().length() > SMALLEST
        && (type.toString().startsWith("application/json")
            || type.toString().startsWith("application/problem+json"));
  }

  /** Whether the client takes gzip (RFC 9110 section 12.5.3). */
  static boolean accepted(@Nullable String acceptEncoding) {
    if (acceptEncoding == null) {
      return false;
    }
    boolean any = false;
    for (String part : acceptEncoding.toLowerCase(Locale.ROOT).split(",", 20)) {
      String[] words = part.strip().split(";", 2);
      boolean refused = words.length == 2 && words[1].strip().matches("q\\s*=\\s*0(\\.0{0,3})?");
      String coding = words[0].strip();
      if (coding.equals("gzip") || coding.equals("x-gzip")) {
        return !refused;
      }
      any |= coding.equals("*") && !refused;
    }
    return any;
  }

  static Buffer gzip(Buffer body) {
    var out = new ByteArrayOutputStream(body.length() / 4 + 64);
    try (var gzip = new FastGzip(out)) {
      gzip.write(body.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }

  /** Level 1: most of the gain for a fraction of the time. */
  private static final class FastGzip extends GZIPOutputStream {
    private FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
