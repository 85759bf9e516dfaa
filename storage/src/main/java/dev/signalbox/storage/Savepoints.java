package dev.signalbox.storage;

import java.sql.SQLException;

/**
 * Keeps the works of one transaction apart: each that changes something gets a savepoint to go back
 * to. Taken before its first statement that may change anything, so that a work which looks and
 * refuses costs nothing, and reused when the work before left nothing behind.
 *
 * <p>On PostgreSQL a savepoint is a round trip, often as long as the work itself. So a transaction
 * is first tried without; when a work has to be undone, all of it is rolled back and run again with
 * savepoints.
 */
final class Savepoints implements StatementGuard {

  private enum State {
    NONE,
    CLEAN,
    USED
  }

  private final Session session;
  private final boolean taken;
  private State state = State.NONE;
  private boolean touched;

  /**
   * @param taken false to do without, in the hope that nothing needs to be undone
   */
  Savepoints(Session session, boolean taken) {
    this.session = session;
    this.taken = taken;
  }

  void startWork() {
    touched = false;
    session.startWork();
  }

  @Override
  public void beforeStatement(String sql) throws SQLException {
    // A SELECT changes nothing; but on PostgreSQL one that fails spoils the transaction.
    boolean harmless = sql.startsWith("SELECT ") && (session.engine() == Engine.SQLITE || !taken);
    if (touched || harmless) {
      return;
    }
    touched = true;
    if (taken) {
      take();
    }
  }

  private void take() throws SQLException {
    switch (state) {
      case NONE -> session.control("SAVEPOINT work");
      case CLEAN -> {}
      case USED -> {
        if (session.engine() == Engine.POSTGRESQL) {
          // Both in one round trip.
          session.control("RELEASE SAVEPOINT work; SAVEPOINT work");
        } else {
          session.control("RELEASE work");
          session.control("SAVEPOINT work");
        }
      }
    }
    state = State.USED;
  }

  /**
   * Undoes what the present work did, and nothing else.
   *
   * @return false when that takes savepoints and there are none
   */
  boolean undoWork() throws SQLException {
    if (!taken) {
      return !touched && session.refusal() == null;
    }
    if (touched) {
      session.control("ROLLBACK TO SAVEPOINT work");
      state = State.CLEAN;
    }
    return true;
  }
}
