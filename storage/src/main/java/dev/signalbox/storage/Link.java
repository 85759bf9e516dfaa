package dev.signalbox.storage;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One thread's connection, opened when it is needed and again after it was lost. */
final class Link {

  /** How a connection is made. */
  @FunctionalInterface
  interface Source {
    Connection connect() throws SQLException;
  }

  private final Source source;
  private final Engine engine;
  private @Nullable Session session;

  Link(Source source, Engine engine) {
    this.source = source;
    this.engine = engine;
  }

  Session session() throws SQLException {
    Session current = session;
    if (current == null) {
      current = new Session(source.connect(), engine);
      session = current;
    }
    return current;
  }

  /** Closes the connection, which undoes what it has not committed. */
  void discard() {
    Session current = session;
    session = null;
    if (current != null) {
      current.close();
    }
  }
}
