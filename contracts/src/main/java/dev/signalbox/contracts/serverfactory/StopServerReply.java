package dev.signalbox.contracts.serverfactory;

/**
 * The server no longer listens.
 *
 * @param server as it was
 */
public record StopServerReply(ServerInfo server) {}
