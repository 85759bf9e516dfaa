package dev.signalbox.storage;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A statement the database refused. A work that meets one has failed: its changes are undone even
 * if it catches the exception, for PostgreSQL forgets them in any case. Where a refusal is expected
 * use {@code ON CONFLICT}.
 */
public final class StorageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final SQLException refusal;

  StorageException(String sql, SQLException refusal) {
    super(refusal.getMessage() + " [" + sql + "]", refusal);
    this.refusal = refusal;
  }

  /** What the driver said. */
  public SQLException refusal() {
    return refusal;
  }

  /** Whether a primary key or unique index had the value already. */
  public boolean duplicateKey() {
    if (refusal instanceof SQLiteException sqlite) {
      SQLiteErrorCode code = sqlite.getResultCode();
      return code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY
          || code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE;
    }
    return "23505".equals(refusal.getSQLState());
  }
}
