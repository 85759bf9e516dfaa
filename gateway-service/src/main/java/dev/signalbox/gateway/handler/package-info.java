/**
 * The rules of every request, one vertx-web handler each. {@code GatewayRouter} defines their
 * order.
 */
@NullMarked
package dev.signalbox.gateway.handler;

import org.jspecify.annotations.NullMarked;
