package dev.signalbox.serverfactory;

import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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

  /** Servers that listened at least once, and whose owner has no lease now. */
  Future<List<ServerRow>> orphans() {
    return database.read(
        session -> ServerTable.orphans(session).stream().filter(ServerRow::bound).toList());
  }

  /**
   * Finds a server.
   *
   * @param server its id or its name
   */
  Future<Optional<ServerRow>> find(String server) {
    return database.read(session -> ServerTable.find(session, server));
  }

  /** Bytes of what a server answers; 0 when there is no such server. */
  Future<Long> contentBytes(String serverId) {
    return database.read(session -> ServerTable.contentBytes(session, serverId));
  }

  /** What a server answers; empty when there is no such server. */
  Future<Optional<ServerContent>> content(String serverId) {
    return database.read(session -> ServerTable.content(session, serverId));
  }

  /**
   * Changes what a server of this instance answers.
   *
   * @param content its revision is the one that it replaces
   * @param routes how many routes are in it
   * @return false when the server is not this instance's, or something else changed it
   */
  Future<Boolean> replace(String serverId, ServerContent content, int routes) {
    return database.write(session -> {
      ServerTable.change(session);
      return ServerTable.replace(session, serverId, node, content, routes);
    });
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
   * @param firstEndMs milliseconds until the first lease of another instance ends, or the first
   *     server of this one or of none
   * @param found all servers that there are; empty when the version is the one known
   * @param expired servers that this renewal deleted, because their time is over
   */
  record Renewal(long version, long firstEndMs, Optional<Found> found, List<ServerRow> expired) {}

  /**
   * Servers at one time.
   *
   * @param ids of all, whoever owns them
   * @param ours those of this instance
   */
  record Found(Set<String> ids, List<ServerRow> ours) {}

  /**
   * Renews this instance's lease. When anything changed since the version known, or the time of a
   * server is over, it also deletes servers whose time is over and takes over those whose owner's
   * lease has ended; otherwise it is two short statements, whatever the number of servers.
   *
   * @param known version that this instance has acted on; {@link #UNKNOWN} for none
   * @param left whether a server is not to be taken over, since it cannot listen here; asked on
   *     another thread
   */
  Future<Renewal> renew(long known, Predicate<ServerRow> left) {
    // Later it would grant a lease whose time here is over.
    return database.write(
        lease,
        session -> {
          long version = ServerTable.lock(session);
          Optional<Long> firstEnd = ServerTable.renewLease(session, node, leaseMs);
          return version == known && firstEnd.isPresent() && firstEnd.get() > 0
              ? new Renewal(version, firstEnd.get(), Optional.empty(), List.of())
              : adoptOrphans(session, version, left);
        });
  }

  /** Renews this instance's lease alone; false when it has ended. */
  Future<Boolean> extendLease() {
    return database.write(
        lease,
        session -> {
          ServerTable.lock(session);
          return ServerTable.renewLease(session, node, leaseMs).isPresent();
        });
  }

  private Renewal adoptOrphans(Session session, long version, Predicate<ServerRow> left) {
    ServerTable.grantLease(session, node, leaseMs);
    // Before the adoption: a server whose time is over is not to listen once more.
    List<ServerRow> expired = ServerTable.deleteExpired(session, node);
    boolean changed = !expired.isEmpty();
    for (ServerRow orphan : ServerTable.orphans(session)) {
      changed |= !left.test(orphan) && ServerTable.adopt(session, orphan, node, host);
    }
    List<ServerRow> all = ServerTable.all(session);
    Found found =
        new Found(
            all.stream().map(ServerRow::serverId).collect(Collectors.toUnmodifiableSet()),
            all.stream().filter(row -> row.owner().equals(node)).toList());
    long firstEnd = ServerTable.renewLease(session, node, leaseMs).orElse(ServerTable.NEVER);
    return new Renewal(
        changed ? ServerTable.change(session) : version, firstEnd, Optional.of(found), expired);
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
