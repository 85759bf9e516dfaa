package dev.signalbox.contracts.serverfactory;

/**
 * Asks for requests that a server received, oldest first.
 *
 * @param server its UUID or its name
 * @param after only those with a greater number; 0 for the oldest kept
 * @param limit at most so many, 1 to 1,000
 * @param filter which of them
 */
public record ListServerRequestsRequest(
    String server, long after, int limit, ServerRequestFilter filter) {}
