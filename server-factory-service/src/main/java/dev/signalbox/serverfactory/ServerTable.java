package dev.signalbox.serverfactory;

import dev.signalbox.storage.RowMapper;
import dev.signalbox.storage.Session;
import java.util.List;
import java.util.Optional;

/** The statements on table {@code servers}, for use inside one piece of work. */
final class ServerTable {

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

  // Without it PostgreSQL would let two transactions both count nine servers.
  static void takeTurn(Session session) {
    session.update("UPDATE turn SET taken = taken + 1 WHERE id = 1");
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
    String sql =
        switch (session.engine()) {
          case SQLITE -> "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";
          case POSTGRESQL -> "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        };
    return session
        .queryOne(sql, row -> row.getLong(1))
        .orElseThrow(() -> new IllegalStateException("the database has no clock"));
  }
}
