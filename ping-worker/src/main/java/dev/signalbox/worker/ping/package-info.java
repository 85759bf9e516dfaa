/** Pings blocks of 65,536 addresses: in what order, how fast, and what counts as an answer. */
@NullMarked
package dev.signalbox.worker.ping;

import org.jspecify.annotations.NullMarked;
