package dev.signalbox.gateway.route;

import io.vertx.core.Future;

/**
 * The work of a route. Runs on an event loop, so it must not block. A failure becomes an answer in
 * the route's fault shape: {@link dev.signalbox.contracts.ServiceException} and {@link
 * dev.signalbox.gateway.fault.HttpFault} by their codes, anything else as 500.
 */
@FunctionalInterface
public interface RouteHandler {

  /** Answers a request. */
  Future<Answer> handle(Exchange exchange);
}
