/**
 * Listening sockets, and what only a connection can know: requests on it, idle time, stalled
 * readers, slow bodies. What a request asks for is the router's business.
 */
@NullMarked
package dev.signalbox.gateway.listener;

import org.jspecify.annotations.NullMarked;
