/** The HTTP front: listening sockets, connections, limits, admission, bodies, the request log. */
@NullMarked
package dev.signalbox.gateway.door;

import org.jspecify.annotations.NullMarked;
