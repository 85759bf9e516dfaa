package dev.signalbox.gateway.door;

import dev.signalbox.gateway.route.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Writes an answer that is there whole. Belongs to one event loop. */
final class AnswerWriter {

  private static final int LARGE_ANSWER = 65_536;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Runnable flushed;
  private boolean flushing;
  private int written;

  /**
   * The writer of one answer.
   *
   * @param flushed runs when a large answer has left
   */
  AnswerWriter(Vertx vertx, HttpServerRequest request, Runnable flushed) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.flushed = flushed;
  }

  /** Whether the answer has been given away but has not yet left. */
  boolean flushing() {
    return flushing;
  }

  void write(Answer answer) {
    response.setStatusCode(answer.status());
    if (answer.contentType() != null) {
      response.headers().set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    for (var header : answer.headers()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    if (!Compression.applies(answer)) {
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
      response.end();
    } else if (content.length() > LARGE_ANSWER) {
      // Until a slow reader has it all the request is not over, and the connection not idle.
      flushing = true;
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      response.drainHandler(_ -> slices(content));
      slices(content);
    } else {
      response.end(content);
    }
  }

  /** As much as the client takes: given away whole, it would be copied whole for the socket. */
  private void slices(Buffer content) {
    while (written < content.length() && !response.writeQueueFull() && !response.closed()) {
      int end = Math.min(written + LARGE_ANSWER, content.length());
      Buffer slice = content.slice(written, end);
      written = end;
      if (end < content.length()) {
        response.write(slice);
      } else {
        response
            .end(slice)
            .onComplete(_ -> {
              flushing = false;
              flushed.run();
            });
      }
    }
  }
}
