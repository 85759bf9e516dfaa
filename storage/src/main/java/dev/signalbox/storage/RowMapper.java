package dev.signalbox.storage;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Reads one row.
 *
 * @param <T> what a row becomes
 */
@FunctionalInterface
public interface RowMapper<T> {

  /** Reads the row the cursor is at; must not move the cursor. */
  T map(ResultSet row) throws SQLException;
}
