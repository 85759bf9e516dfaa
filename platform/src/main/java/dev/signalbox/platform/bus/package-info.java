/**
 * Calls and events between instances: the only package that knows the event bus and its wire
 * format.
 */
@NullMarked
package dev.signalbox.platform.bus;

import org.jspecify.annotations.NullMarked;
