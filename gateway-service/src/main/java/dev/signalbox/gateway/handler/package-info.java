/**
 * The rules that hold for every request, one vertx-web handler each. {@code GatewayRouter} has
 * their order.
 */
@NullMarked
package dev.signalbox.gateway.handler;

import org.jspecify.annotations.NullMarked;
