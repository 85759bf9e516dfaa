/** Calls operations on the bus for a request. */
@NullMarked
package dev.signalbox.gateway.backend;

import org.jspecify.annotations.NullMarked;
