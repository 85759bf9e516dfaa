/** Bodies: decoded, counted, hashed and kept within limits, whatever was sent. */
@NullMarked
package dev.signalbox.httpprobe.body;

import org.jspecify.annotations.NullMarked;
