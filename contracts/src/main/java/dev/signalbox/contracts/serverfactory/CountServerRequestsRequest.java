package dev.signalbox.contracts.serverfactory;

/**
 * Asks how many of the requests kept are meant.
 *
 * @param server its UUID or its name
 * @param filter which of them
 */
public record CountServerRequestsRequest(String server, ServerRequestFilter filter) {}
