package dev.signalbox.contracts.serverfactory;

/**
 * Empties the journal of a server.
 *
 * @param server its UUID or its name
 */
public record ClearServerRequestsRequest(String server) {}
