package dev.signalbox.gateway.routing;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses text above 1 KiB with gzip. */
public final class Compression {

  /** Larger bodies are compressed off the event loop. */
  static final int LARGE = 262_144;

  private static final int SMALLEST = 1_024;

  private Compression() {}

  /** Whether a response is compressed for clients that accept gzip. */
  static boolean applies(Response response) {
    CharSequence type = response.contentType();
    if (type == null || response.body().length() <= SMALLEST) {
      return false;
    }
    String media = type.toString();
    return media.startsWith("application/json")
        || media.startsWith("application/problem+json")
        || media.startsWith("application/yaml")
        || media.startsWith("text/");
  }

  /** The compressed body; blocks. */
  public static Buffer gzip(Buffer body) {
    var out = new ByteArrayOutputStream(body.length() / 4 + 64);
    try (var gzip = new FastGzip(out)) {
      gzip.write(body.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }

  /** Level 1: most of the compression for a fraction of the time. */
  private static final class FastGzip extends GZIPOutputStream {
    private FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
