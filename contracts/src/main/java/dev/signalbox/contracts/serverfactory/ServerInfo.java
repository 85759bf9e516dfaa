package dev.signalbox.contracts.serverfactory;

import org.jspecify.annotations.Nullable;

/**
 * A server that exists.
 *
 * @param serverId UUID
 * @param port where it listens
 * @param pageUri the path of its page; empty when it has routes alone
 * @param node instance that owns it
 * @param host name or address under which clients reach it
 * @param createdAtEpochMs milliseconds since 1970-01-01 UTC
 * @param name unique in the cluster, and good in place of the id; null for none
 * @param tls whether it speaks TLS
 * @param routes how many routes it has, its page not counted
 * @param expiresAtEpochMs when it stops by itself, milliseconds since 1970-01-01 UTC; null for
 *     never
 * @param createdBy name of the token that made it; null without one that has a name, and from
 *     replicas that do not tell
 */
public record ServerInfo(
    String serverId,
    int port,
    String pageUri,
    String node,
    String host,
    long createdAtEpochMs,
    @Nullable String name,
    boolean tls,
    int routes,
    @Nullable Long expiresAtEpochMs,
    @Nullable String createdBy) {

  /** A server of one page, without a name, in the clear, that never expires. */
  public ServerInfo(
      String serverId, int port, String pageUri, String node, String host, long createdAtEpochMs) {
    this(serverId, port, pageUri, node, host, createdAtEpochMs, null, false, 0, null, null);
  }
}
