package dev.signalbox.contracts.serverfactory;

/**
 * A server that exists.
 *
 * @param serverId UUID
 * @param port where it listens
 * @param pageUri the path it answers
 * @param node instance that owns it
 * @param host name or address under which clients reach it
 * @param createdAtEpochMs milliseconds since 1970-01-01 UTC
 */
public record ServerInfo(
    String serverId, int port, String pageUri, String node, String host, long createdAtEpochMs) {}
