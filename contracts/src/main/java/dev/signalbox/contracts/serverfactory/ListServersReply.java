package dev.signalbox.contracts.serverfactory;

import java.util.List;

/**
 * All servers of the cluster.
 *
 * @param servers oldest first
 * @param limit how many there may be
 */
public record ListServersReply(List<ServerInfo> servers, int limit) {}
