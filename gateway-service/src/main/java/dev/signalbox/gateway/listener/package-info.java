/**
 * Doors and their connections: listening, TLS, idle and stalled connections. The router handles
 * what a request asks for.
 */
@NullMarked
package dev.signalbox.gateway.listener;

import org.jspecify.annotations.NullMarked;
