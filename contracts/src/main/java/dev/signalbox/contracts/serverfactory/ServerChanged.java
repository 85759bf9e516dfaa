package dev.signalbox.contracts.serverfactory;

/**
 * Tells that a server was created or deleted at a client's wish, or deleted because its time was
 * over.
 *
 * @param what {@code created} or {@code deleted}
 * @param server the server
 */
public record ServerChanged(String what, ServerInfo server) {}
