package dev.signalbox.gateway.census;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A result as a worker sends it, decoded.
 *
 * @param format how the bytes are to be read
 * @param data the bytes, of any length
 */
record ResultBody(SubmitResultRequest.Format format, Binary data) {

  private static final int BITMAP_BYTES = 8_192;
  // A result in JSON has 65,536 characters and a little around them.
  private static final int MAX_DECODED = 128 * 1_024;
  private static final int MAX_TEXT = 100_000;

  /**
   * The result of a request.
   *
   * @throws HttpFault 400, 413 or 415 when it cannot be read
   */
  static ResultBody of(Exchange exchange) {
    String type = MediaTypes.essence(exchange);
    if (type == null) {
      throw HttpFault.unsupported(
          "The Content-Type must be application/octet-stream or application/json");
    }
    Buffer body = decoded(exchange);
    return switch (type) {
      case "application/octet-stream" ->
          new ResultBody(
              body.length() == BITMAP_BYTES
                  ? SubmitResultRequest.Format.BITMAP
                  : SubmitResultRequest.Format.RTT,
              new Binary(body.getBytes()));
      case "application/json" -> json(body);
      default ->
          throw HttpFault.unsupported(
              "The Content-Type must be application/octet-stream or application/json");
    };
  }

  private static ResultBody json(Buffer body) {
    RequestObject fields = RequestObject.parse(body.getBytes());
    String text = fields.text("result_data", MAX_TEXT);
    fields.end();
    return new ResultBody(
        SubmitResultRequest.Format.TEXT, new Binary(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Buffer decoded(Exchange exchange) {
    Buffer body = exchange.body();
    String coding = exchange.header(HttpHeaders.CONTENT_ENCODING);
    if (coding == null || coding.isBlank()) {
      return limited(body);
    }
    try (InputStream in = decoder(coding.strip().toLowerCase(Locale.ROOT), body)) {
      if (in == null) {
        return limited(body);
      }
      // One byte more than allowed tells a bomb without unpacking it.
      return limited(Buffer.buffer(in.readNBytes(MAX_DECODED + 1)));
    } catch (IOException e) {
      throw HttpFault.malformed("The body is not valid " + coding.strip());
    }
  }

  private static @Nullable InputStream decoder(String coding, Buffer body) throws IOException {
    var bytes = new ByteArrayInputStream(body.getBytes());
    return switch (coding) {
      case "identity" -> null;
      case "gzip", "x-gzip" -> new GZIPInputStream(bytes);
      case "zstd" -> new ZstdInputStreamNoFinalizer(bytes);
      default ->
          throw HttpFault.unsupported("The Content-Encoding must be gzip or zstd")
              .with("Accept-Encoding", "gzip, zstd");
    };
  }

  private static Buffer limited(Buffer body) {
    if (body.length() > MAX_DECODED) {
      throw HttpFault.tooLarge("A result is at most " + MAX_DECODED + " bytes");
    }
    return body;
  }
}
