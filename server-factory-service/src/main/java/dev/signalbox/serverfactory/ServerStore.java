package dev.signalbox.serverfactory;

import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which servers exist, and who listens for them. */
final class ServerStore {

  static final String SCHEMA = "serverfactory";

  /** A version that storage never has. */
  static final long UNKNOWN = -1;

  private final Database database;
  private final String node;
  private final String host;
  private final Duration lease;
  private final long leaseMs;

  ServerStore(Database database, ServerFactoryConfig config, String node, String host) {
    this.database = database;
    this.node = node;
    this.host = host;
    this.lease = config.lease();
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

  /** Takes a server away from an owner; false when that owner had lost it. */
  Future<Boolean> remove(String serverId, String owner) {
    return database.write(session -> {
      ServerTable.change(session);
      return session.update(
              "DELETE FROM servers WHERE server_id = ? AND owner = ?", serverId, owner)
          == 1;
    });
  }

  /**
   * What a renewal found.
   *
   * @param version of the servers and their owners
   * @param othersEndMs milliseconds until the first lease of another instance ends
   * @param ours all servers of this instance; empty when the version is the one known
   */
  record Renewal(long version, long othersEndMs, Optional<List<ServerRow>> ours) {}

  /**
   * Renews this instance's lease. When anything changed since the version known, it also takes over
   * servers whose owner's lease has ended; otherwise it is two short statements, whatever the
   * number of servers.
   *
   * @param known version that this instance has acted on; {@link #UNKNOWN} for none
   * @param spared servers not to take over, because listening for them failed here just now
   */
  Future<Renewal> renew(long known, Set<String> spared) {
    Set<String> left = Set.copyOf(spared);
    // Later it would grant a lease whose time here is over.
    return database.write(
        lease,
        session -> {
          long version = ServerTable.lock(session);
          Optional<Long> othersEnd = ServerTable.renewLease(session, node, leaseMs);
          return version == known && othersEnd.isPresent() && othersEnd.get() > 0
              ? new Renewal(version, othersEnd.get(), Optional.empty())
              : adoptOrphans(session, version, left);
        });
  }

  private Renewal adoptOrphans(Session session, long version, Set<String> left) {
    ServerTable.grantLease(session, node, leaseMs);
    boolean adopted = false;
    for (ServerRow orphan : ServerTable.orphans(session)) {
      adopted |=
          !left.contains(orphan.serverId()) && ServerTable.adopt(session, orphan, node, host);
    }
    List<ServerRow> ours =
        ServerTable.all(session).stream().filter(row -> row.owner().equals(node)).toList();
    long othersEnd = ServerTable.renewLease(session, node, leaseMs).orElse(ServerTable.NEVER);
    return new Renewal(
        adopted ? ServerTable.change(session) : version, othersEnd, Optional.of(ours));
  }

  /** Releases a server of this instance for any other to adopt. */
  Future<Void> release(String serverId) {
    return database
        .write(session -> {
          ServerTable.change(session);
          return session.update(
              "UPDATE servers SET owner = '' WHERE server_id = ? AND owner = ?", serverId, node);
        })
        .mapEmpty();
  }

  /**
   * Makes this instance the owner of servers.
   *
   * @param rows as they were read
   * @return those whose owner was still the one that was read
   */
  Future<Set<String>> takeOver(List<ServerRow> rows) {
    return database.write(session -> {
      ServerTable.change(session);
      return rows.stream()
          .filter(row -> ServerTable.adopt(session, row, node, host))
          .map(ServerRow::serverId)
          .collect(Collectors.toUnmodifiableSet());
    });
  }

  /** Ends this instance's lease, so that others need not wait for its end. */
  Future<Void> leave() {
    return database
        .write(session -> {
          ServerTable.change(session);
          ServerTable.endLease(session, node);
          return true;
        })
        .mapEmpty();
  }

  /** Ends every lease: for a process that is alone on its data, so that its past self is dead. */
  Future<Void> endAllLeases() {
    return database
        .write(session -> {
          ServerTable.change(session);
          return session.update("DELETE FROM owners");
        })
        .mapEmpty();
  }
}
