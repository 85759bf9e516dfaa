/** How a message reaches a resolver and its answer comes back. */
@NullMarked
package dev.signalbox.dnsclient.transport;

import org.jspecify.annotations.NullMarked;
