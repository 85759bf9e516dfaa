package dev.signalbox.contracts.serverfactory;

/**
 * Names a server to stop.
 *
 * @param serverId its UUID or its name
 */
public record StopServerRequest(String serverId) {}
