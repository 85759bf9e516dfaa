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

/** How a body is encoded (RFC 9110 section 8.4). Netty's decompressor would not know our limits. */
enum ContentDecoder {
  /** Not at all. */
  IDENTITY,
  /** RFC 1952. */
  GZIP,
  /** RFC 8878. */
  ZSTD,
  /** In a way that is not read here, or in several. */
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

  /** How many times its length a body may have decoded: DEFLATE can reach 1,032, zstd more. */
  long largestFactor() {
    return switch (this) {
      case IDENTITY, UNKNOWN -> 1;
      case GZIP -> 1_032;
      case ZSTD -> 100_000;
    };
  }

  /**
   * Decodes a body; blocks.
   *
   * @param limit largest length of what comes out
   * @throws HttpException 400 when it is not so encoded, 413 beyond the limit
   */
  Buffer decode(Buffer body, int limit) {
    try (InputStream in = stream(new ByteArrayInputStream(body.getBytes()))) {
      // One byte more than allowed tells a bomb without unpacking it.
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
      case GZIP -> new GZIPInputStream(in);
      case ZSTD -> new ZstdInputStreamNoFinalizer(in);
    };
  }
}
