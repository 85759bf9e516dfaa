/**
 * What a section of the interface works with: vertx-web's router with rules for every route, the
 * state of one request, its body and its response.
 *
 * <p>A section implements {@link dev.signalbox.gateway.routing.Section} and is listed in {@code
 * GatewayRouter}. Its handlers get vertx-web's {@code RoutingContext}, call operations through
 * {@code dev.signalbox.gateway.backend.Backend} and answer a future of a {@link
 * dev.signalbox.gateway.routing.Response}.
 */
@NullMarked
package dev.signalbox.gateway.routing;

import org.jspecify.annotations.NullMarked;
