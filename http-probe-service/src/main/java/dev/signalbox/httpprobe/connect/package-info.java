/** From a host name to an open TCP connection, within limits for each target. */
@NullMarked
package dev.signalbox.httpprobe.connect;

import org.jspecify.annotations.NullMarked;
