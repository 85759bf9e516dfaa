/**
 * What a route is: path, method, role, body, faults, handler; and the table that finds it.
 *
 * <p>A section implements {@link dev.signalbox.gateway.route.Routes} and is added in {@code
 * GatewayEndpoint}. A handler gets an {@link dev.signalbox.gateway.route.Exchange}, calls
 * operations through {@code dev.signalbox.gateway.backend.Backend} and answers a {@link
 * dev.signalbox.gateway.route.Answer}, or writes the response itself and answers {@link
 * dev.signalbox.gateway.route.Answer#SENT}. A route for every path nobody else has is {@code
 * /{path...}}.
 */
@NullMarked
package dev.signalbox.gateway.route;

import org.jspecify.annotations.NullMarked;
