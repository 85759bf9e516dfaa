package dev.signalbox.gateway.listener;

import java.time.Duration;

/**
 * The rules of every door's connections.
 *
 * @param bind address to listen on
 * @param idle how long a connection may be without a request
 * @param requestsPerConnection after so many it is closed
 * @param stall a client that takes nothing of its response for so long is cut off
 * @param headerBytes limit of the header section
 * @param uriBytes limit of the request line
 * @param connections limit over all doors and event loops
 */
public record ListenerSettings(
    String bind,
    Duration idle,
    int requestsPerConnection,
    Duration stall,
    int headerBytes,
    int uriBytes,
    int connections) {}
