package dev.signalbox.storage;

import java.sql.SQLException;

/** What has to happen before a statement of a session runs. */
@FunctionalInterface
interface StatementGuard {

  /** Reads stand alone: each statement sees the latest commit. */
  StatementGuard NONE = sql -> {};

  void beforeStatement(String sql) throws SQLException;
}
