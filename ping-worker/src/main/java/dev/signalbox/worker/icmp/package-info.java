/**
 * ICMP echo over the system's sockets, which Java has no class for: calls of the C library through
 * {@code java.lang.foreign}, requests and replies in batches.
 */
@NullMarked
package dev.signalbox.worker.icmp;

import org.jspecify.annotations.NullMarked;
