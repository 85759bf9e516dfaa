/**
 * The HTTP gateway: doors, classic routes and their {@code /api/v1} twins, each an adapter to an
 * operation of the bus.
 */
@NullMarked
package dev.signalbox.gateway;

import org.jspecify.annotations.NullMarked;
