/**
 * The one service that speaks HTTP to clients: doors, classic routes and their {@code /api/v1}
 * twins, each a few lines onto an operation of the bus.
 */
@NullMarked
package dev.signalbox.gateway;

import org.jspecify.annotations.NullMarked;
