package dev.signalbox.contracts.serverfactory;

/**
 * Names a server to stop.
 *
 * @param serverId its UUID
 */
public record StopServerRequest(String serverId) {}
