package dev.signalbox.storage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/** Connections to one SQLite file. */
final class SqliteConnector implements Connector {

  private static final int WAL_LIMIT_BYTES = 64 << 20;

  // The low byte of a result code; the rest says more.
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_CANTOPEN = 14;
  private static final int SQLITE_NOTADB = 26;

  private final SQLiteDataSource writes;
  private final SQLiteDataSource reads;

  SqliteConnector(Path file, StorageConfig config) {
    String url = "jdbc:sqlite:" + file.toAbsolutePath();
    this.writes = source(url, settings(config));
    SQLiteConfig readSettings = settings(config);
    readSettings.setPragma(SQLiteConfig.Pragma.TRANSACTION_MODE, "DEFERRED");
    this.reads = source(url, readSettings);
  }

  private static SQLiteConfig settings(StorageConfig config) {
    SQLiteConfig settings = new SQLiteConfig();
    settings.setBusyTimeout(Math.toIntExact(config.busyTimeout().toMillis()));
    settings.setJournalMode(SQLiteConfig.JournalMode.WAL);
    settings.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    settings.setJournalSizeLimit(WAL_LIMIT_BYTES);
    settings.enforceForeignKeys(true);
    settings.setTempStore(SQLiteConfig.TempStore.MEMORY);
    // A deferred transaction that starts by reading cannot wait for another process's write: it
    // fails at once with BUSY_SNAPSHOT.
    settings.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    return settings;
  }

  private static SQLiteDataSource source(String url, SQLiteConfig settings) {
    SQLiteDataSource source = new SQLiteDataSource(settings);
    source.setUrl(url);
    return source;
  }

  /** Whether a failure comes of a file that is cut, mixed with another one, or no database. */
  static boolean damaged(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException refused) {
        int code = refused.getResultCode().code & 0xFF;
        return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
      }
    }
    return false;
  }

  @Override
  public Engine engine() {
    return Engine.SQLITE;
  }

  @Override
  public Connection connectForWrites() throws SQLException {
    return writes.getConnection();
  }

  @Override
  public Connection connectForReads() throws SQLException {
    Connection connection = reads.getConnection();
    try (var pragma = connection.createStatement()) {
      pragma.execute("PRAGMA query_only = ON");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public DataSource migrationSource() {
    return writes;
  }

  @Override
  public boolean unavailable(SQLException e) {
    return e instanceof SQLiteException refused
        && switch (refused.getResultCode().code & 0xFF) {
          case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN -> true;
          default -> false;
        };
  }

  @Override
  public boolean connectionLost(SQLException e) {
    return false;
  }

  /** It waits for locks alone, and says that it is busy. */
  @Override
  public boolean timedOut(SQLException e) {
    return false;
  }

  @Override
  public boolean undoneToResolveConflict(SQLException e) {
    return false;
  }
}
