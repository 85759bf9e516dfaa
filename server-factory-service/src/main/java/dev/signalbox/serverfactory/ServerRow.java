package dev.signalbox.serverfactory;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import org.jspecify.annotations.Nullable;

/**
 * A server as storage knows it, without what it answers: that may be large, see {@link
 * ServerContent}.
 *
 * @param serverId UUID
 * @param port where it listens
 * @param pageUri path of its page; null when it has none
 * @param owner node id of the instance that listens; empty when none does
 * @param host under which clients reach the owner
 * @param createdAtMs milliseconds since 1970
 * @param bound whether it ever listened, and so may have been acknowledged
 * @param idempotencyKey of the request that made it
 * @param name good in place of the id; null for none
 * @param routes how many it has
 * @param tls whether it speaks TLS
 * @param expiresAtMs when it ends, milliseconds since 1970 by the clock of storage; null for never
 * @param revision of its content
 * @param createdBy name of the token that made it; null without one
 */
record ServerRow(
    String serverId,
    int port,
    @Nullable String pageUri,
    String owner,
    String host,
    long createdAtMs,
    boolean bound,
    @Nullable String idempotencyKey,
    @Nullable String name,
    int routes,
    boolean tls,
    @Nullable Long expiresAtMs,
    long revision,
    @Nullable String createdBy) {

  ServerInfo info() {
    return new ServerInfo(
        serverId,
        port,
        pageUri == null ? "" : pageUri,
        owner,
        host,
        createdAtMs,
        name,
        tls,
        routes,
        expiresAtMs,
        createdBy);
  }
}
