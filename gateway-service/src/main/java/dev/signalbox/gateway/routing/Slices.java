package dev.signalbox.gateway.routing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Writes of bounded size. Vert.x counts a response as full by what is queued before a write,
 * however large the write is, and the socket takes a copy of what is queued: given away whole, a
 * large buffer would be copied whole.
 */
public final class Slices {

  private static final int BYTES = 65_536;

  private Slices() {}

  /**
   * Gives away as much of a buffer as the client has room for.
   *
   * @param from where to begin
   * @return where the rest begins
   */
  public static int write(HttpServerResponse response, Buffer content, int from) {
    int at = from;
    while (at < content.length()
        && !response.ended()
        && !response.closed()
        && !response.writeQueueFull()) {
      int end = Math.min(at + BYTES, content.length());
      response.write(content.slice(at, end));
      at = end;
    }
    return at;
  }

  /**
   * Ends a response with a buffer, as fast as the client takes it.
   *
   * @return completes when all has left
   */
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
