package dev.signalbox.gateway.routing;

import io.vertx.core.AsyncResult;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Writes a response that is there whole. Belongs to one event loop. */
final class ResponseWriter {

  private static final int LARGE = 65_536;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Promise<Void> delivered;
  private final boolean multiplexed;
  private boolean pending;

  /**
   * The writer of one response.
   *
   * @param multiplexed whether its connection carries many, each with a window of its own
   * @param delivered completed when all of it has left
   */
  ResponseWriter(
      Vertx vertx, HttpServerRequest request, boolean multiplexed, Promise<Void> delivered) {
    this.multiplexed = multiplexed;
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.delivered = delivered;
  }

  /** Whether the response has been given away and may still wait for its client. */
  boolean pending() {
    return pending;
  }

  void write(Response answer) {
    response.setStatusCode(answer.status());
    if (answer.contentType() != null) {
      response.headers().set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    for (var header : answer.headers()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    if (!Compression.applies(answer) || response.headers().contains(HttpHeaders.CONTENT_ENCODING)) {
      body(answer.body());
      return;
    }
    response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (!Compression.accepted(request.headers().get(HttpHeaders.ACCEPT_ENCODING))) {
      body(answer.body());
    } else if (answer.body().length() <= Compression.LARGE) {
      compressed(Compression.gzip(answer.body()));
    } else {
      compressElsewhere(answer.body());
    }
  }

  private void compressElsewhere(Buffer plain) {
    vertx
        .executeBlocking(() -> Compression.gzip(plain), false)
        .onComplete(zipped -> {
          if (response.ended() || response.closed()) {
            return;
          }
          if (zipped.succeeded() && zipped.result() != null) {
            compressed(zipped.result());
          } else {
            body(plain);
          }
        });
  }

  private void compressed(Buffer zipped) {
    response.headers().set(HttpHeaders.CONTENT_ENCODING, "gzip");
    body(zipped);
  }

  private void body(Buffer content) {
    if (request.method().equals(HttpMethod.HEAD)) {
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      end(Buffer.buffer());
    } else if (content.length() > LARGE) {
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      // Until a slow reader has it all the request is not over, and the connection not idle.
      pending = true;
      Slices.write(response, content).onComplete(this::delivered);
    } else {
      end(content);
    }
  }

  /** Ends the response with a body of which the socket may have a copy. */
  void end(Buffer content) {
    // The socket of HTTP/1.1 takes it at once; a stream of HTTP/2 waits for its window.
    pending = multiplexed;
    response.end(content).onComplete(this::delivered);
  }

  private void delivered(AsyncResult<Void> written) {
    pending = false;
    delivered.handle(written);
  }
}
