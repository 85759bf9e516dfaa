package dev.signalbox.serverfactory.serving;

import dev.signalbox.serverfactory.definition.Fault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays faults on the wire, beneath HTTP. Over HTTP/2 a fault that closes the connection resets its
 * stream instead, since others have a part in the connection; garbage and a reset of TCP cannot be
 * confined to a stream.
 */
final class FaultPlayer {

  private static final Logger LOG = LoggerFactory.getLogger(FaultPlayer.class);

  /** No beginning of a response, of a frame or of a record. */
  private static final byte[] GARBAGE =
      "\u0001\u0002lskdu018973t09sylgasjkfg1][]'./.sdlv\r\n\r\n\u0007\u00ff"
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] NO_CHUNK =
      "lskdu018973t09sylgasjkfg1][]'./.sdlv\r\n".getBytes(StandardCharsets.US_ASCII);

  private FaultPlayer() {}

  /**
   * Plays a fault instead of a response of this status and body; the headers are set. What the
   * response holds is held until the bytes are sent.
   */
  static void play(InFlightRequest request, Fault fault, int status, Buffer body) {
    HttpConnection connection = request.request().connection();
    boolean streams = request.request().version() == HttpVersion.HTTP_2;
    HttpServerResponse response = request.response();
    request.bytesFollow();
    // Recorded first: the client knows of the fault the moment it is played.
    request.end(
        switch (fault) {
          case MALFORMED_CHUNK, CLOSE_MID_BODY -> status;
          case EMPTY_RESPONSE, GARBAGE, CONNECTION_RESET -> 0;
        },
        fault,
        fault == Fault.CLOSE_MID_BODY ? body.length() / 2 : 0);
    try {
      if (fault == Fault.CONNECTION_RESET) {
        ClientChannel.reset(connection);
        request.bytesSent();
      } else if (streams && fault != Fault.GARBAGE) {
        resetStream(response, fault, status, body);
        request.bytesSent();
      } else {
        ClientChannel.writeAndClose(
                connection, bytes(response, fault, status, body), request::progressed)
            .onComplete(_ -> request.bytesSent());
      }
    } catch (RuntimeException e) {
      // Another stream, or the client, has closed the connection: nothing more can be sent.
      LOG.debug("A fault could not be played", e);
      request.bytesSent();
      ClientChannel.endUnread(request.request());
    }
  }

  private static void resetStream(
      HttpServerResponse response, Fault fault, int status, Buffer body) {
    switch (fault) {
      case MALFORMED_CHUNK -> {
        response.setStatusCode(status).write(Buffer.buffer(NO_CHUNK));
        response.reset(Http2Error.PROTOCOL_ERROR.code());
      }
      case CLOSE_MID_BODY -> {
        promise(response, body);
        response.setStatusCode(status).write(half(body));
        response.reset(Http2Error.INTERNAL_ERROR.code());
      }
      case EMPTY_RESPONSE, GARBAGE, CONNECTION_RESET ->
          response.reset(Http2Error.INTERNAL_ERROR.code());
    }
  }

  private static ByteBuf bytes(HttpServerResponse response, Fault fault, int status, Buffer body) {
    return switch (fault) {
      case GARBAGE -> Unpooled.wrappedBuffer(GARBAGE);
      case MALFORMED_CHUNK -> {
        response.headers().set(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
        yield Unpooled.wrappedBuffer(head(status, response.headers()), NO_CHUNK);
      }
      case CLOSE_MID_BODY -> {
        promise(response, body);
        yield Unpooled.wrappedBuffer(
            Unpooled.wrappedBuffer(head(status, response.headers())),
            // It may be a part of the definition, which others send too.
            Unpooled.unreleasableBuffer(((BufferInternal) half(body)).getByteBuf()));
      }
      case EMPTY_RESPONSE, CONNECTION_RESET -> Unpooled.EMPTY_BUFFER;
    };
  }

  /** An empty body has no half, so a byte is promised that does not come. */
  private static void promise(HttpServerResponse response, Buffer body) {
    response
        .headers()
        .set(HttpHeaders.CONTENT_LENGTH, Integer.toString(Math.max(1, body.length())));
  }

  private static Buffer half(Buffer body) {
    return body.slice(0, body.length() / 2);
  }

  private static byte[] head(int status, MultiMap headers) {
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
    for (Map.Entry<String, String> header : headers) {
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
