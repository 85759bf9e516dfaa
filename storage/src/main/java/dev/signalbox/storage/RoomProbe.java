package dev.signalbox.storage;

import java.util.Random;

/**
 * Writes as much as a large request does, and takes it back: a change of a row in its place may
 * succeed on a full disk, this does not.
 */
record RoomProbe(Engine engine) {

  private static final int BYTES = 64 << 10;

  /**
   * Fills pages that were not there. SQLite does not write pages that the same transaction frees,
   * so they are freed by the next one.
   */
  int fill(Session session) {
    byte[] filler = new byte[BYTES];
    new Random().nextBytes(filler); // PostgreSQL would compress anything else.
    return switch (engine) {
      case SQLITE -> {
        session.update(
            "CREATE TABLE IF NOT EXISTS storage_probe (one INTEGER PRIMARY KEY, filler BLOB)");
        yield session.update("INSERT OR REPLACE INTO storage_probe VALUES (1, ?)", filler);
      }
      case POSTGRESQL -> {
        String identity =
            session
                .queryOne(
                    "SELECT identity FROM database_identity FOR UPDATE", row -> row.getString(1))
                .orElseThrow();
        session.update(
            "UPDATE database_identity SET identity = identity || encode(?, 'hex')", filler);
        yield session.update("UPDATE database_identity SET identity = ?", identity);
      }
    };
  }

  /** Gives back what {@link #fill} took. */
  int clear(Session session) {
    return engine == Engine.SQLITE ? session.update("DROP TABLE IF EXISTS storage_probe") : 0;
  }
}
