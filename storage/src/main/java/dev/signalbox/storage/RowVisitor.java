package dev.signalbox.storage;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Looks at rows one by one, keeping of them what it likes. */
@FunctionalInterface
public interface RowVisitor {

  /**
   * Looks at the row the cursor is at; must not move the cursor.
   *
   * @return whether to go on to the next row
   */
  boolean visit(ResultSet row) throws SQLException;
}
