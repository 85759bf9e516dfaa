/** The way from a route to the services: calls on the bus, on behalf of a request. */
@NullMarked
package dev.signalbox.gateway.backend;

import org.jspecify.annotations.NullMarked;
