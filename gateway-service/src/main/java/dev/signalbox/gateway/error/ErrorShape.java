package dev.signalbox.gateway.error;

import dev.signalbox.gateway.routing.Response;

/** How a face words its errors. */
@FunctionalInterface
public interface ErrorShape {

  /**
   * The response to an error: status and headers are the error's unless the face has its own.
   *
   * @param requestId under which the log has it
   */
  Response render(HttpException error, String requestId);
}
