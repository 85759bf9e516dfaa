package dev.signalbox.serverfactory;

import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which servers exist, and who listens for them. */
final class ServerStore {

  static final String SCHEMA = "serverfactory";

  private final Database database;
  private final String node;
  private final String host;
  private final long leaseMs;

  ServerStore(Database database, ServerFactoryConfig config, String node, String host) {
    this.database = database;
    this.node = node;
    this.host = host;
    this.leaseMs = config.lease().toMillis();
  }

  /** Servers that listened at least once, oldest first. */
  Future<List<ServerRow>> list() {
    return database.read(
        session -> ServerTable.all(session).stream().filter(ServerRow::bound).toList());
  }

  Future<Optional<ServerRow>> find(String serverId) {
    return database.read(session -> ServerTable.find(session, serverId));
  }

  /** Takes a server away from an owner; false when it was not that owner's any more. */
  Future<Boolean> remove(String serverId, String owner) {
    return database.write(session ->
        session.update("DELETE FROM servers WHERE server_id = ? AND owner = ?", serverId, owner)
            == 1);
  }

  /**
   * Renews this instance's lease, takes over servers whose owner's lease has ended, and answers
   * with all that are now this instance's.
   *
   * @param spared servers not to take over, because listening for them failed here just now
   */
  Future<List<ServerRow>> renew(Set<String> spared) {
    Set<String> left = Set.copyOf(spared);
    return database.write(session -> {
      ServerTable.takeTurn(session);
      long now = ServerTable.now(session);
      session.update("DELETE FROM owners WHERE lease_until <= ?", now);
      session.update(
          "INSERT INTO owners (node, lease_until) VALUES (?, ?)"
              + " ON CONFLICT (node) DO UPDATE SET lease_until = excluded.lease_until",
          node,
          now + leaseMs);
      for (ServerRow orphan : ServerTable.orphans(session)) {
        if (!left.contains(orphan.serverId())) {
          session.update(
              "UPDATE servers SET owner = ?, host = ? WHERE server_id = ? AND owner = ?",
              node,
              host,
              orphan.serverId(),
              orphan.owner());
        }
      }
      return ServerTable.all(session).stream().filter(row -> row.owner().equals(node)).toList();
    });
  }

  /** Gives a server of this instance to whoever wants it. */
  Future<Void> release(String serverId) {
    return database
        .write(session ->
            session.update(
                "UPDATE servers SET owner = '' WHERE server_id = ? AND owner = ?", serverId, node))
        .mapEmpty();
  }

  /** Ends this instance's lease, so that others need not wait for its end. */
  Future<Void> leave() {
    return database
        .write(session -> session.update("DELETE FROM owners WHERE node = ?", node))
        .mapEmpty();
  }

  /** Ends every lease: for a process that is alone on its data, so that its past self is dead. */
  Future<Void> endAllLeases() {
    return database.write(session -> session.update("DELETE FROM owners")).mapEmpty();
  }
}
