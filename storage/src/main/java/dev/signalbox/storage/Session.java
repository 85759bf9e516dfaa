package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection, for the time of one {@link Work}. Statements are prepared once and kept, so their
 * text should be constant and every value a parameter.
 *
 * <p>Parameters may be String, Integer, Long, Double, Boolean, byte[] or null. Columns that hold
 * booleans are best declared as integers, for SQLite has no boolean.
 *
 * <p>Inside a write all statements are one transaction. Inside a read each statement sees the
 * latest commit on its own.
 */
public final class Session {

  private static final int MAX_PREPARED = 128;

  private final Connection connection;
  private final Engine engine;
  private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(32, 0.75f, true);
  private StatementGuard guard = StatementGuard.NONE;
  private @Nullable StorageException refused;
  private boolean changed;
  private @Nullable WorkSpan span;

  Session(Connection connection, Engine engine) {
    this.connection = connection;
    this.engine = engine;
  }

  /** The database underneath. */
  public Engine engine() {
    return engine;
  }

  /**
   * Runs a statement that changes rows.
   *
   * @return how many rows it changed
   * @throws StorageException when the database refuses
   */
  public int update(String sql, @Nullable Object... args) {
    try {
      int rows = bound(sql, args).executeUpdate();
      changed |= rows > 0;
      return rows;
    } catch (SQLException e) {
      throw refused(sql, e);
    }
  }

  /**
   * Runs one statement for many rows, in few round trips.
   *
   * @param rows the parameters of each run
   * @throws StorageException when the database refuses one of them
   */
  public void updateAll(String sql, Iterable<@Nullable Object[]> rows) {
    try {
      before(sql);
      PreparedStatement statement = prepare(sql);
      int waiting = 0;
      for (@Nullable Object[] row : rows) {
        bind(statement, row);
        statement.addBatch();
        changed = true;
        if (++waiting == 1_000) {
          statement.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        statement.executeBatch();
      }
    } catch (SQLException e) {
      throw refused(sql, e);
    }
  }

  /**
   * Runs a statement that answers with rows; {@code INSERT … RETURNING} too.
   *
   * @return every row, so the statement should have a LIMIT
   * @throws StorageException when the database refuses
   */
  public <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... args) {
    try (ResultSet rows = bound(sql, args).executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(mapper.map(rows));
      }
      changed |= !found.isEmpty() && sql.contains(" RETURNING ");
      return found;
    } catch (SQLException e) {
      throw refused(sql, e);
    }
  }

  /**
   * Runs a statement that answers with at most one row.
   *
   * @throws StorageException when the database refuses
   * @throws IllegalStateException when there is more than one row
   */
  public <T> Optional<T> queryOne(String sql, RowMapper<T> mapper, @Nullable Object... args) {
    try (ResultSet rows = bound(sql, args).executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      changed |= sql.contains(" RETURNING ");
      T found = mapper.map(rows);
      if (rows.next()) {
        throw new IllegalStateException("more than one row: " + sql);
      }
      return Optional.of(found);
    } catch (SQLException e) {
      throw refused(sql, e);
    }
  }

  /**
   * Runs a statement that answers with rows and shows them to a visitor as they come. PostgreSQL
   * holds all of them in memory meanwhile, so the statement should have a LIMIT.
   *
   * <p>A read may run again after its connection was lost: the visitor then sees rows twice, unless
   * the statement starts after the last one it saw.
   *
   * @return how many rows the visitor saw
   * @throws StorageException when the database refuses
   */
  public int scan(String sql, RowVisitor visitor, @Nullable Object... args) {
    try (ResultSet rows = bound(sql, args).executeQuery()) {
      int seen = 0;
      boolean more = true;
      while (more && rows.next()) {
        more = visitor.visit(rows);
        seen++;
      }
      return seen;
    } catch (SQLException e) {
      throw refused(sql, e);
    }
  }

  void guardWith(StatementGuard statementGuard) {
    this.guard = statementGuard;
  }

  /** Has the statements of the present work described; null when nobody asks. */
  void traceWith(@Nullable WorkSpan ofWork) {
    span = ofWork;
  }

  /** Forgets the last refusal and change, before the next work. */
  void startWork() {
    refused = null;
    changed = false;
  }

  /** Whether the present work has changed rows. */
  boolean changed() {
    return changed;
  }

  /** The refusal the present work met, whether or not it caught it. */
  @Nullable StorageException refusal() {
    return refused;
  }

  /** Runs a statement of the transaction itself, past the guard. */
  void control(String sql) throws SQLException {
    prepare(sql).execute();
  }

  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  void commit() throws SQLException {
    // Both drivers commit on this; SQLite's own commit() would begin the next transaction at once
    // and so keep every other process from writing.
    connection.setAutoCommit(true);
  }

  /** Undoes the transaction and ends it; PostgreSQL alone, see {@link #commit}. */
  void rollback() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }

  void close() {
    prepared.clear();
    try {
      connection.close();
    } catch (SQLException e) {
      // The connection is given up; the database has undone what was not committed.
      prepared.clear();
    }
  }

  private void before(String sql) throws SQLException {
    if (span != null) {
      span.statement(sql);
    }
    guard.beforeStatement(sql);
  }

  private PreparedStatement bound(String sql, @Nullable Object[] args) throws SQLException {
    before(sql);
    PreparedStatement statement = prepare(sql);
    bind(statement, args);
    return statement;
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
      if (prepared.size() > MAX_PREPARED) {
        Iterator<PreparedStatement> eldest = prepared.values().iterator();
        PreparedStatement evicted = eldest.next();
        eldest.remove();
        evicted.close();
      }
    }
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] args)
      throws SQLException {
    for (int i = 0; i < args.length; i++) {
      int at = i + 1;
      switch (args[i]) {
        case null -> statement.setNull(at, Types.NULL);
        case String text -> statement.setString(at, storable(text));
        case Long number -> statement.setLong(at, number);
        case Integer number -> statement.setInt(at, number);
        case byte[] bytes -> statement.setBytes(at, bytes);
        case Boolean flag -> statement.setBoolean(at, flag);
        case Double number -> statement.setDouble(at, number);
        default ->
            throw new IllegalArgumentException(
                "no column takes a " + args[i].getClass().getName() + " (parameter " + at + ")");
      }
    }
  }

  private static String storable(String text) {
    if (!StoredText.valid(text)) {
      throw new ServiceException(
          ErrorCode.INVALID_REQUEST, "A text to be stored " + StoredText.RULE);
    }
    return text;
  }

  private StorageException refused(String sql, SQLException e) {
    StorageException refusal = new StorageException(sql, e);
    refused = refusal;
    // SQLite's driver ends a statement that found no room: it would fail for ever.
    PreparedStatement statement = prepared.remove(sql);
    if (statement != null) {
      try {
        statement.close();
      } catch (SQLException closing) {
        refusal.addSuppressed(closing);
      }
    }
    return refusal;
  }
}
