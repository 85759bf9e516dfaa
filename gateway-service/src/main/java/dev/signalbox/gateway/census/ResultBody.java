package dev.signalbox.gateway.census;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/**
 * A result as a worker sends it, decoded.
 *
 * @param format how the bytes are to be read
 * @param data the bytes, of any length
 */
record ResultBody(SubmitResultRequest.Format format, Binary data) {

  private static final int BITMAP_BYTES = 8_192;

  /** A result in JSON has 65,536 characters and a little around them. */
  static final int MAX_BYTES = 128 * 1_024;

  private static final int MAX_TEXT = 100_000;

  /**
   * The result of a request.
   *
   * @throws HttpException 400, 413 or 415 when it cannot be read
   */
  static ResultBody of(RoutingContext ctx) {
    String type = MediaTypes.essence(ctx);
    if (type == null) {
      throw HttpException.unsupported(
          "The Content-Type must be application/octet-stream or application/json");
    }
    Buffer body = RequestScope.of(ctx).body();
    return switch (type) {
      case "application/octet-stream" ->
          new ResultBody(
              body.length() == BITMAP_BYTES
                  ? SubmitResultRequest.Format.BITMAP
                  : SubmitResultRequest.Format.RTT,
              new Binary(body.getBytes()));
      case "application/json" -> json(body);
      default ->
          throw HttpException.unsupported(
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
}
