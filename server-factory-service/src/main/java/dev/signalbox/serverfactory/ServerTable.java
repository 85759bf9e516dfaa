package dev.signalbox.serverfactory;

import dev.signalbox.platform.json.Json;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.storage.RowMapper;
import dev.signalbox.storage.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements on table {@code servers}, for use inside one piece of work. */
final class ServerTable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerTable.class);

  /** Milliseconds until an end when there is none. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int MOST = 2_000;
  private static final String COLUMNS =
      "server_id, port, page_uri, owner, host, created_at, bound, idempotency_key, name, routes,"
          + " tls, expires_at, revision, created_by";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM servers";
  private static final String ORPHANED = "owner NOT IN (SELECT node FROM owners)";
  private static final RowMapper<ServerRow> ROW =
      row ->
          new ServerRow(
              row.getString(1),
              row.getInt(2),
              row.getString(3),
              row.getString(4),
              row.getString(5),
              row.getLong(6),
              row.getInt(7) != 0,
              row.getString(8),
              row.getString(9),
              row.getInt(10),
              row.getInt(11) != 0,
              number(row, 12),
              row.getLong(13),
              row.getString(14));
  private static final RowMapper<ServerContent> CONTENT =
      row -> {
        String pageUri = row.getString(1);
        return new ServerContent(
            pageUri == null ? null : new Page(pageUri, row.getString(2)),
            row.getString(3),
            notes(row.getString(4)),
            row.getLong(5));
      };

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
    return session.query(SELECT + " WHERE " + ORPHANED + " LIMIT " + MOST, ROW);
  }

  /**
   * Finds a server.
   *
   * @param server its id or its name; no name is shaped like an id
   */
  static Optional<ServerRow> find(Session session, String server) {
    return session.queryOne(SELECT + " WHERE server_id = ? OR name = ?", ROW, server, server);
  }

  static Optional<ServerContent> content(Session session, String serverId) {
    return session.queryOne(
        "SELECT page_uri, response_data, definition, import_notes, revision FROM servers"
            + " WHERE server_id = ?",
        CONTENT,
        serverId);
  }

  /** Bytes of what a server answers; 0 when there is no such server. The text is not read. */
  static long contentBytes(Session session, String serverId) {
    return session
        .queryOne(
            "SELECT octet_length(response_data) + COALESCE(octet_length(definition), 0)"
                + " FROM servers WHERE server_id = ?",
            row -> row.getLong(1),
            serverId)
        .orElse(0L);
  }

  static void insert(Session session, ServerRow row, ServerContent content) {
    Page page = content.page();
    session.update(
        "INSERT INTO servers (server_id, port, page_uri, response_data, owner, host, created_at,"
            + " bound, idempotency_key, name, definition, import_notes, routes, tls, expires_at,"
            + " revision, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.serverId(),
        row.port(),
        row.pageUri(),
        page == null ? "" : page.data(),
        row.owner(),
        row.host(),
        row.createdAtMs(),
        row.bound() ? 1 : 0,
        row.idempotencyKey(),
        row.name(),
        content.definition(),
        notes(content.notes()),
        row.routes(),
        row.tls() ? 1 : 0,
        row.expiresAtMs(),
        row.revision(),
        row.createdBy());
  }

  /**
   * Changes what a server answers, if this owner still has it and nothing changed it meanwhile.
   *
   * @param content what it shall answer; its revision is the one that it replaces
   * @param routes how many routes are in it
   */
  static boolean replace(
      Session session, String serverId, String owner, ServerContent content, int routes) {
    return session.update(
            "UPDATE servers SET definition = ?, import_notes = ?, routes = ?,"
                + " revision = revision + 1 WHERE server_id = ? AND owner = ? AND revision = ?",
            content.definition(),
            notes(content.notes()),
            routes,
            serverId,
            owner,
            content.revision())
        == 1;
  }

  /**
   * Deletes the servers whose time is over, of one owner and of those without a lease; a living
   * owner deletes its own.
   */
  static List<ServerRow> deleteExpired(Session session, String owner) {
    return session.query(
        "DELETE FROM servers WHERE expires_at <= "
            + clock(session)
            + " AND (owner = ? OR "
            + ORPHANED
            + ") RETURNING "
            + COLUMNS,
        ROW,
        owner);
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  private static @Nullable String notes(List<String> notes) {
    return notes.isEmpty() ? null : Json.text(new Notes(notes));
  }

  private static List<String> notes(@Nullable String json) {
    if (json == null) {
      return List.of();
    }
    try {
      return Json.read(json.getBytes(StandardCharsets.UTF_8), Notes.class).notes();
    } catch (IOException e) {
      // They only inform: the server can do without.
      LOG.debug("notes that cannot be read: {}", e.toString());
      return List.of("the notes of the import cannot be read");
    }
  }

  /** Notes as they are kept. */
  private record Notes(List<String> notes) {}

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
   * @return milliseconds until the first lease of another instance ends, or the first server of
   *     this one or of none, {@link #NEVER} when none will; empty when the lease was over
   */
  static Optional<Long> renewLease(Session session, String node, long leaseMs) {
    String now = clock(session);
    return session.queryOne(
        "UPDATE owners SET lease_until = "
            + now
            + " + ? WHERE node = ? AND lease_until > "
            + now
            + " RETURNING (SELECT MIN(lease_until) FROM owners WHERE node <> ?) - "
            + now
            + ", (SELECT MIN(expires_at) FROM servers WHERE expires_at IS NOT NULL AND (owner = ? OR "
            + ORPHANED
            + ")) - "
            + now,
        row -> Math.min(orNever(number(row, 1)), orNever(number(row, 2))),
        leaseMs,
        node,
        node,
        node);
  }

  private static long orNever(@Nullable Long milliseconds) {
    return milliseconds == null ? NEVER : milliseconds;
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
