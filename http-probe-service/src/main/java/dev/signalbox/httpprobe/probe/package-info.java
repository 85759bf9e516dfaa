/** A probe from beginning to end, hop after hop, and the report of it. */
@NullMarked
package dev.signalbox.httpprobe.probe;

import org.jspecify.annotations.NullMarked;
