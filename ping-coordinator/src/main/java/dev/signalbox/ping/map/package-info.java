/** The map of the census: which addresses answered, drawn along a Hilbert curve. */
@NullMarked
package dev.signalbox.ping.map;

import org.jspecify.annotations.NullMarked;
