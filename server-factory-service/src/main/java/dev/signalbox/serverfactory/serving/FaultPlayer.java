package dev.signalbox.serverfactory.serving;

import dev.signalbox.serverfactory.definition.Fault;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Plays faults on the wire, beneath HTTP. Over HTTP/2 a fault that closes the connection resets its
 * stream instead, since others have a part in the connection; garbage and a reset of TCP cannot be
 * confined to a stream.
 */
final class FaultPlayer {

  private static final byte[] NOTHING = {};

  /** No beginning of a response, of a frame or of a record. */
  private static final byte[] GARBAGE =
      "\u0001\u0002lskdu018973t09sylgasjkfg1][]'./.sdlv\r\n\r\n\u0007\u00ff"
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] NO_CHUNK =
      "lskdu018973t09sylgasjkfg1][]'./.sdlv\r\n".getBytes(StandardCharsets.US_ASCII);

  private FaultPlayer() {}

  /** Plays a fault instead of a response of this status and body; the headers are set. */
  static void play(InFlightRequest request, Fault fault, int status, Buffer body) {
    HttpConnection connection = request.request().connection();
    boolean streams = request.request().version() == HttpVersion.HTTP_2;
    HttpServerResponse response = request.response();
    // Recorded first: the client knows of the fault the moment it is played.
    request.end(
        switch (fault) {
          case MALFORMED_CHUNK, CLOSE_MID_BODY -> status;
          case EMPTY_RESPONSE, GARBAGE, CONNECTION_RESET -> 0;
        },
        fault,
        fault == Fault.CLOSE_MID_BODY ? body.length() / 2 : 0);
    switch (fault) {
      case CONNECTION_RESET -> ClientChannel.reset(connection);
      case GARBAGE -> ClientChannel.writeAndClose(connection, GARBAGE);
      case EMPTY_RESPONSE -> {
        if (streams) {
          response.reset(Http2Error.INTERNAL_ERROR.code());
        } else {
          ClientChannel.writeAndClose(connection, NOTHING);
        }
      }
      case MALFORMED_CHUNK -> {
        if (streams) {
          response.setStatusCode(status).write(Buffer.buffer(NO_CHUNK));
          response.reset(Http2Error.PROTOCOL_ERROR.code());
        } else {
          MultiMap headers = response.headers();
          headers.set(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
          ClientChannel.writeAndClose(connection, head(status, headers, NO_CHUNK));
        }
      }
      case CLOSE_MID_BODY -> {
        // An empty body has no half, so a byte is promised that does not come.
        String promised = Integer.toString(Math.max(1, body.length()));
        response.headers().set(HttpHeaders.CONTENT_LENGTH, promised);
        Buffer half = body.slice(0, body.length() / 2);
        if (streams) {
          response.setStatusCode(status).write(half);
          response.reset(Http2Error.INTERNAL_ERROR.code());
        } else {
          ClientChannel.writeAndClose(
              connection, head(status, response.headers(), half.getBytes()));
        }
      }
    }
  }

  private static byte[] head(int status, MultiMap headers, byte[] after) {
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
    for (Map.Entry<String, String> header : headers) {
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(after);
    return bytes.toByteArray();
  }
}
