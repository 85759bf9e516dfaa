package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.storage.RowMapper;
import dev.signalbox.storage.Session;
import java.util.List;
import java.util.Optional;

/** The statements on table {@code servers}, for use inside one piece of work. */
final class ServerTable {

  /** Milliseconds until the end of a lease when there is none. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int MOST = 2_000;
  private static final String SELECT =
      "SELECT server_id, port, page_uri, response_data, owner, host, created_at, bound,"
          + " idempotency_key FROM servers";
  private static final RowMapper<ServerRow> ROW =
      row ->
          new ServerRow(
              row.getString(1),
              row.getInt(2),
              new Page(row.getString(3), row.getString(4)),
              row.getString(5),
              row.getString(6),
              row.getLong(7),
              row.getInt(8) != 0,
              row.getString(9));

  private ServerTable() {}

  /**
   * Waits for every other transaction that began with this or {@link #change}. Without it
   * PostgreSQL would let two transactions both count nine servers. Comes before any other statement
   * on these tables: a single order of locks has no deadlocks.
   *
   * @return the version of the servers and their owners
   */
  static long lock(Session session) {
    return version(session, "UPDATE turn SET taken = taken WHERE id = 1 RETURNING taken");
  }

  /** Like {@link #lock}, for a transaction that changes what other instances must notice. */
  static long change(Session session) {
    return version(session, "UPDATE turn SET taken = taken + 1 WHERE id = 1 RETURNING taken");
  }

  private static long version(Session session, String update) {
    return session
        .queryOne(update, row -> row.getLong(1))
        .orElseThrow(() -> new IllegalStateException("table turn has no row"));
  }

  /** Every server, oldest first. */
  static List<ServerRow> all(Session session) {
    return session.query(SELECT + " ORDER BY created_at, server_id LIMIT " + MOST, ROW);
  }

  /** Servers whose owner has no lease. */
  static List<ServerRow> orphans(Session session) {
    return session.query(
        SELECT + " WHERE owner NOT IN (SELECT node FROM owners) LIMIT " + MOST, ROW);
  }

  static Optional<ServerRow> find(Session session, String serverId) {
    return session.queryOne(SELECT + " WHERE server_id = ?", ROW, serverId);
  }

  static void insert(Session session, ServerRow row) {
    session.update(
        "INSERT INTO servers (server_id, port, page_uri, response_data, owner, host, created_at,"
            + " bound, idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.serverId(),
        row.port(),
        row.page().uri(),
        row.page().data(),
        row.owner(),
        row.host(),
        row.createdAtMs(),
        row.bound() ? 1 : 0,
        row.idempotencyKey());
  }

  /**
   * The database's clock, for leases compare times of several machines.
   *
   * @return milliseconds since 1970
   */
  static long now(Session session) {
    return session
        .queryOne("SELECT " + clock(session), row -> row.getLong(1))
        .orElseThrow(() -> new IllegalStateException("the database has no clock"));
  }

  private static String clock(Session session) {
    return switch (session.engine()) {
      case SQLITE -> "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
      case POSTGRESQL -> "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
    };
  }

  /**
   * Renews a lease that is not over.
   *
   * @return milliseconds until the first lease of another instance ends, {@link #NEVER} when there
   *     is no other; empty when the lease was over
   */
  static Optional<Long> renewLease(Session session, String node, long leaseMs) {
    String now = clock(session);
    return session.queryOne(
        "UPDATE owners SET lease_until = "
            + now
            + " + ? WHERE node = ? AND lease_until > "
            + now
            + " RETURNING (SELECT MIN(lease_until) FROM owners WHERE node <> ?) - "
            + now,
        row -> {
          long remaining = row.getLong(1);
          return row.wasNull() ? NEVER : remaining;
        },
        leaseMs,
        node,
        node);
  }

  /** Ends the leases that are over and grants one. */
  static void grantLease(Session session, String node, long leaseMs) {
    long now = now(session);
    session.update("DELETE FROM owners WHERE lease_until <= ?", now);
    session.update(
        "INSERT INTO owners (node, lease_until) VALUES (?, ?)"
            + " ON CONFLICT (node) DO UPDATE SET lease_until = excluded.lease_until",
        node,
        now + leaseMs);
  }

  /** Ends a lease. */
  static void endLease(Session session, String node) {
    session.update("DELETE FROM owners WHERE node = ?", node);
  }

  /** Takes a server over, if it still has the owner that the row names. */
  static boolean adopt(Session session, ServerRow row, String node, String host) {
    return session.update(
            "UPDATE servers SET owner = ?, host = ? WHERE server_id = ? AND owner = ?",
            node,
            host,
            row.serverId(),
            row.owner())
        == 1;
  }
}
