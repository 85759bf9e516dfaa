package dev.signalbox.contracts.serverfactory;

/**
 * Asks for the counters of a server.
 *
 * @param server its UUID or its name
 */
public record ServerStatsRequest(String server) {}
