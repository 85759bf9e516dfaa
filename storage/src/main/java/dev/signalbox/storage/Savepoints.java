package dev.signalbox.storage;

import java.sql.SQLException;

/**
 * Keeps the works of one transaction apart: each that touches the database gets a savepoint to go
 * back to. Taken before a work's first statement, so that a work which refuses without one costs
 * nothing, and reused when the work before left nothing behind.
 */
final class Savepoints implements StatementGuard {

  private enum State {
    NONE,
    CLEAN,
    USED
  }

  private final Session session;
  private State state = State.NONE;
  private boolean touched;

  Savepoints(Session session) {
    this.session = session;
  }

  void startWork() {
    touched = false;
    session.startWork();
  }

  @Override
  public void beforeStatement() throws SQLException {
    if (touched) {
      return;
    }
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
    touched = true;
  }

  /** Undoes what the present work did, and nothing else. */
  void undoWork() throws SQLException {
    if (touched) {
      session.control("ROLLBACK TO SAVEPOINT work");
      state = State.CLEAN;
    }
  }
}
