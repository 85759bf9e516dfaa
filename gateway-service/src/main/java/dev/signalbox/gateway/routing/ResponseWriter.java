package dev.signalbox.gateway.routing;

import io.netty.channel.ChannelFutureListener;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/** Writes a complete response. Belongs to one event loop. */
final class ResponseWriter {

  private static final int LARGE = 65_536;

  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final Promise<Void> delivered;
  private final boolean multiplexed;
  private boolean pending;

  /** Completes {@code delivered} when the response is written to the socket. */
  ResponseWriter(RoutingContext ctx, boolean multiplexed, Promise<Void> delivered) {
    this.multiplexed = multiplexed;
    this.ctx = ctx;
    this.response = ctx.response();
    this.delivered = delivered;
  }

  /** Whether the response has ended but may still wait for its client. */
  boolean pending() {
    return pending;
  }

  /** Leaves the response to the failure handler. */
  void fail(Throwable failure) {
    ctx.fail(failure);
  }

  /** Writes a response; completes when all of it is written to the socket, or never will be. */
  Future<Void> write(Response answer) {
    response.setStatusCode(answer.status());
    if (answer.contentType() != null) {
      response.headers().set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    for (var header : answer.headers()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    if (!Compression.applies(answer) || response.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
      return body(answer.body());
    }
    response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (!AcceptEncoding.gzip(ctx)) {
      return body(answer.body());
    }
    return answer.body().length() <= Compression.LARGE
        ? compressed(Compression.gzip(answer.body()))
        : compressOffLoop(answer.body());
  }

  /** Writes the body alone and closes the connection; false where that is not possible. */
  boolean writeBare(Response answer, HttpConnection http) {
    if (http.isSsl() || multiplexed || !(http instanceof ConnectionBase base)) {
      return false;
    }
    base.channel()
        .pipeline()
        .firstContext()
        .writeAndFlush(((BufferInternal) answer.body()).getByteBuf())
        .addListener(ChannelFutureListener.CLOSE);
    return true;
  }

  private Future<Void> compressOffLoop(Buffer plain) {
    return ctx.vertx()
        .executeBlocking(() -> Compression.gzip(plain), false)
        .transform(zipped -> {
          if (response.ended() || response.closed()) {
            return Future.succeededFuture();
          }
          return zipped.succeeded() && zipped.result() != null
              ? compressed(zipped.result())
              : body(plain);
        });
  }

  private Future<Void> compressed(Buffer zipped) {
    response.headers().set(HttpHeaders.CONTENT_ENCODING, "gzip");
    return body(zipped);
  }

  private Future<Void> body(Buffer content) {
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      return end(Buffer.buffer());
    }
    if (content.length() > LARGE) {
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      // The request stays in flight, and the connection busy, until a slow client has all of it.
      pending = true;
      return Slices.write(response, content).onComplete(this::delivered);
    }
    return end(content);
  }

  /** Ends the response with a body small enough for the socket's buffer. */
  Future<Void> end(Buffer content) {
    Future<Void> written = response.end(content);
    if (multiplexed) {
      // HTTP/1.1 writes it to the socket at once; an HTTP/2 stream waits for its window.
      pending = true;
      written.onComplete(this::delivered);
    }
    return written;
  }

  private void delivered(AsyncResult<Void> written) {
    pending = false;
    delivered.handle(written);
  }
}
