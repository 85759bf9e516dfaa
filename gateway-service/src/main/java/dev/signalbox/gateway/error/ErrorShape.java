package dev.signalbox.gateway.error;

import dev.signalbox.gateway.routing.Response;

/** Renders errors in one form, such as problem details. */
@FunctionalInterface
public interface ErrorShape {

  /** Renders an error, with its status and headers unless the shape defines others. */
  Response render(HttpException error, String requestId);
}
