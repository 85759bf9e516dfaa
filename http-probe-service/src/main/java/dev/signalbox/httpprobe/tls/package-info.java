/** TLS on an open connection, and what its handshake showed. */
@NullMarked
package dev.signalbox.httpprobe.tls;

import org.jspecify.annotations.NullMarked;
