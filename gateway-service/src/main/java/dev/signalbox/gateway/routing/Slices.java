package dev.signalbox.gateway.routing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Writes a large buffer in slices. Vert.x checks the write queue before a write, whatever its size,
 * and the transport copies what is queued: a large buffer written whole would be copied whole.
 */
public final class Slices {

  private static final int BYTES = 65_536;

  private Slices() {}

  /** The slice at an offset. */
  public static Buffer at(Buffer content, int from) {
    return content.slice(from, Math.min(from + BYTES, content.length()));
  }

  /** Writes a buffer from an offset until the write queue is full; returns the offset reached. */
  public static int write(HttpServerResponse response, Buffer content, int from) {
    int at = from;
    while (at < content.length()
        && !response.ended()
        && !response.closed()
        && !response.writeQueueFull()) {
      Buffer slice = at(content, at);
      response.write(slice);
      at += slice.length();
    }
    return at;
  }

  /** Ends a response with a buffer, no faster than the client reads it. */
  static Future<Void> write(HttpServerResponse response, Buffer content) {
    Promise<Void> delivered = Promise.promise();
    int[] at = {0};
    Runnable step =
        () -> {
          if (response.ended()) {
            return;
          }
          int last = Math.max(0, content.length() - BYTES);
          at[0] = write(response, content.slice(0, last), at[0]);
          if (at[0] == last && !response.closed() && !response.writeQueueFull()) {
            response.end(content.slice(last, content.length())).onComplete(delivered);
          }
        };
    response.drainHandler(_ -> step.run());
    step.run();
    return delivered.future();
  }
}
