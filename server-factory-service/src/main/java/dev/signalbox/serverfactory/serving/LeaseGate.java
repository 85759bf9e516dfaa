package dev.signalbox.serverfactory.serving;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;

/**
 * Whether this process may answer for a server.
 *
 * @param mayServe asked for each request, from any thread
 * @param ended called when a request met that it may not
 */
record LeaseGate(BooleanSupplier mayServe, Runnable ended) {

  /**
   * Whether this process still has the right to answer. Another one may answer for this server when
   * it has not, so that not even an error would be right.
   */
  boolean mayAnswer(HttpServerRequest request) {
    if (mayServe.getAsBoolean()) {
      return true;
    }
    ended.run();
    ClientChannel.close(request.connection());
    return false;
  }
}
