package dev.signalbox.storage;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One engine's way to connect, and what its errors mean. */
sealed interface Connector permits SqliteConnector, PostgresConnector {

  Engine engine();

  /** A connection for writes; leaving autocommit begins a transaction that may write. */
  Connection connectForWrites() throws SQLException;

  /** A connection that refuses to write. */
  Connection connectForReads() throws SQLException;

  /** Where Flyway gets its connections. */
  DataSource migrationSource();

  /** Whether the database cannot be reached or has no room, so that a retry may succeed. */
  boolean unavailable(SQLException e);

  /** Whether the connection cannot be used again. */
  boolean connectionLost(SQLException e);

  /** Whether the database ended a statement because it took longer than one may. */
  boolean timedOut(SQLException e);

  /** Whether the database has undone the whole transaction so that it may run again. */
  boolean undoneToResolveConflict(SQLException e);
}
