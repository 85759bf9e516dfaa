/**
 * The tools of a section: vertx-web's router with rules for every route, the state of one request,
 * its body and its response.
 *
 * <p>A section implements {@link dev.signalbox.gateway.routing.Section}; {@code GatewayRouter}
 * mounts it. Its handlers take vertx-web's {@code RoutingContext}, call operations through {@code
 * dev.signalbox.gateway.backend.Backend} and return a future of a {@link
 * dev.signalbox.gateway.routing.Response}.
 */
@NullMarked
package dev.signalbox.gateway.routing;

import org.jspecify.annotations.NullMarked;
