package dev.signalbox.gateway.handler;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The content coding of a body (RFC 9110 section 8.4). Netty's decoder does not know our limits.
 */
enum ContentDecoder {
  /** No coding. */
  IDENTITY,
  /** RFC 1952. */
  GZIP,
  /** RFC 8878. */
  ZSTD,
  /** An unsupported coding, or several. */
  UNKNOWN;

  static ContentDecoder of(HttpServerRequest request) {
    String coding = request.headers().get(HttpHeaders.CONTENT_ENCODING);
    if (coding == null || coding.isBlank()) {
      return IDENTITY;
    }
    return switch (coding.strip().toLowerCase(Locale.ROOT)) {
      case "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "zstd" -> ZSTD;
      default -> UNKNOWN;
    };
  }

  /** The largest ratio of decoded to encoded length: 1,032 for DEFLATE, more for zstd. */
  long maxRatio() {
    return switch (this) {
      case IDENTITY, UNKNOWN -> 1;
      case GZIP -> 1_032;
      case ZSTD -> 100_000;
    };
  }

  /**
   * Decodes a body; blocks.
   *
   * @param limit largest decoded length
   * @throws HttpException 400 when the encoding is invalid, 413 beyond the limit
   */
  Buffer decode(Buffer body, int limit) {
    try (InputStream in = stream(new ByteArrayInputStream(body.getBytes()))) {
      // One byte beyond the limit detects a decompression bomb without decoding all of it.
      byte[] decoded = in.readNBytes(limit + 1);
      if (decoded.length > limit) {
        throw HttpException.tooLarge("The decoded body is larger than " + limit + " bytes");
      }
      return Buffer.buffer(decoded);
    } catch (IOException e) {
      throw HttpException.malformed("The body is not valid " + name().toLowerCase(Locale.ROOT));
    }
  }

  private InputStream stream(InputStream in) throws IOException {
    return switch (this) {
      case IDENTITY, UNKNOWN -> in;
      case GZIP -> new FewEmptyMembers(in);
      case ZSTD -> new ZstdInputStreamNoFinalizer(in);
    };
  }

  /**
   * A gzip stream with few members in a row that decode to nothing. {@link GZIPInputStream} reads
   * the next member by calling {@link #read(byte[], int, int)} again, so many would overflow the
   * stack.
   */
  private static final class FewEmptyMembers extends GZIPInputStream {

    private static final int MOST = 100;

    private int depth;

    FewEmptyMembers(InputStream in) throws IOException {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (depth > MOST) {
        throw new ZipException("more than " + MOST + " empty members in a row");
      }
      depth++;
      try {
        return super.read(bytes, offset, length);
      } finally {
        depth--;
      }
    }
  }
}
