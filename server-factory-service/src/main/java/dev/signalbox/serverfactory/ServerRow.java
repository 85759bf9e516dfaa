package dev.signalbox.serverfactory;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.serverfactory.definition.Page;
import org.jspecify.annotations.Nullable;

/**
 * A server as storage knows it.
 *
 * @param serverId UUID
 * @param port where it listens
 * @param page what it answers
 * @param owner node id of the instance that listens; empty when none does
 * @param host under which clients reach the owner
 * @param createdAtMs milliseconds since 1970
 * @param bound whether it ever listened, and so may have been acknowledged
 * @param idempotencyKey of the request that made it
 */
record ServerRow(
    String serverId,
    int port,
    Page page,
    String owner,
    String host,
    long createdAtMs,
    boolean bound,
    @Nullable String idempotencyKey) {

  ServerInfo info() {
    return new ServerInfo(serverId, port, page.uri(), owner, host, createdAtMs);
  }
}
