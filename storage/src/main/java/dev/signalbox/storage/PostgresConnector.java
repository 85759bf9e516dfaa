package dev.signalbox.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections to one schema of a PostgreSQL database. */
final class PostgresConnector implements Connector {

  private static final String CANNOT_CONNECT = "08001";
  private static final int START_SECONDS = 20;

  private final int usualSeconds;
  private final PGSimpleDataSource writes;
  private final PGSimpleDataSource reads;
  private final PGSimpleDataSource migrations;

  PostgresConnector(StorageConfig config, String schema) {
    // A replica that hangs inside a transaction must not keep its row locks for ever: the server
    // ends its session after the same time that a statement may take.
    long limitMs = config.statementTimeout().toMillis();
    String limits =
        "-c statement_timeout=" + limitMs + " -c idle_in_transaction_session_timeout=" + limitMs;
    // What is acknowledged is on disk, whatever the server's own default.
    this.writes = source(config, schema, limits + " -c synchronous_commit=on");
    this.reads = source(config, schema, limits + " -c default_transaction_read_only=on");
    // Migrations may take as long as they need; Flyway's lock is waited for by other replicas.
    this.migrations = source(config, schema, "");
    this.migrations.setSocketTimeout(0);
    // At the start no request waits, and many processes may start at once.
    this.usualSeconds = writes.getConnectTimeout();
    int startSeconds = Math.max(START_SECONDS, usualSeconds);
    for (PGSimpleDataSource source : List.of(writes, reads, migrations)) {
      waitFor(source, startSeconds);
    }
  }

  private static void waitFor(PGSimpleDataSource source, int seconds) {
    source.setConnectTimeout(seconds);
    source.setLoginTimeout(seconds);
  }

  private static PGSimpleDataSource source(StorageConfig config, String schema, String options) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(config.url());
    if (!config.user().isEmpty()) {
      source.setUser(config.user());
    }
    if (!config.password().isEmpty()) {
      source.setPassword(config.password());
    }
    int connectSeconds = seconds(config.connectTimeout().toMillis());
    source.setConnectTimeout(connectSeconds);
    source.setLoginTimeout(connectSeconds);
    // Above the server's own limit, so that it ends what is slow and this ends what is dead.
    source.setSocketTimeout(seconds(config.statementTimeout().toMillis()) + connectSeconds);
    source.setTcpKeepAlive(true);
    source.setReWriteBatchedInserts(true);
    source.setCurrentSchema(schema);
    source.setApplicationName("signalbox-" + schema);
    if (!options.isEmpty()) {
      source.setOptions(options);
    }
    return source;
  }

  private static int seconds(long millis) {
    return Math.toIntExact(Math.max(1, (millis + 999) / 1000));
  }

  @Override
  public Engine engine() {
    return Engine.POSTGRESQL;
  }

  @Override
  public Connection connectForWrites() throws SQLException {
    return connect(writes);
  }

  @Override
  public Connection connectForReads() throws SQLException {
    return connect(reads);
  }

  /** Whatever keeps it from connecting, such as a password that was changed, a retry may pass. */
  private Connection connect(PGSimpleDataSource source) throws SQLException {
    try {
      Connection connection = source.getConnection();
      waitFor(source, usualSeconds); // From the first connection on, requests may wait for it.
      return connection;
    } catch (SQLException e) {
      throw new SQLException(e.getMessage(), CANNOT_CONNECT, e);
    }
  }

  @Override
  public DataSource migrationSource() {
    return migrations;
  }

  @Override
  public boolean unavailable(SQLException e) {
    String state = e.getSQLState();
    // Class 53 is a server without disk, memory or connections, 58030 an I/O error.
    return connectionLost(e)
        || (state != null && (state.startsWith("53") || state.equals("58030")));
  }

  @Override
  public boolean connectionLost(SQLException e) {
    String state = e.getSQLState();
    // Class 08 is the connection itself, 57P0x a server that shuts down or ends the session, 25P03
    // a session ended for idling in a transaction.
    return state != null
        && (state.startsWith("08") || state.startsWith("57P0") || state.equals("25P03"));
  }

  @Override
  public boolean timedOut(SQLException e) {
    return "57014".equals(e.getSQLState());
  }

  @Override
  public boolean undoneToResolveConflict(SQLException e) {
    String state = e.getSQLState();
    return "40001".equals(state) || "40P01".equals(state);
  }
}
