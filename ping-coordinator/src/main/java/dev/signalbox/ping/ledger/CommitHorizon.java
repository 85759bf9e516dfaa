package dev.signalbox.ping.ledger;

import dev.signalbox.storage.Session;

/**
 * From when on there may be changes that are not seen yet. A change has the time of its statement
 * but is seen when its transaction commits, after others that are newer: a reader of the changes
 * since its last time begins here, and leaves out what it knows.
 */
final class CommitHorizon {

  /** A transaction that takes longer is not waited for: it would have all since then read. */
  static final long MAX_COMMIT_DELAY_MS = 10_000;

  /** For clocks that step, and for a transaction that has begun and is not listed yet. */
  private static final long SLACK_MS = 1_000;

  private final String bounds;

  CommitHorizon(Dialect dialect) {
    bounds =
        dialect.sql(
            switch (dialect.index()) {
              // One transaction at a time: what is not seen yet is newer than all that is.
              case INDEXED_BY ->
                  "SELECT {now} AS asked_at, (SELECT max(updated_at) FROM task) AS oldest";
              // Of sessions of other users only their number may be seen.
              case NONE ->
                  """
                  SELECT {now} AS asked_at,
                    (SELECT min(CASE WHEN state IS NULL OR state = 'disabled' THEN 0
                        ELSE CAST(EXTRACT(EPOCH FROM xact_start) * 1000 AS BIGINT) END)
                      FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()
                        AND COALESCE(backend_type, 'client backend') = 'client backend'
                    ) AS oldest\
                  """;
            });
  }

  /**
   * All changes before this time are seen by statements from now on.
   *
   * @param session of a read, where each statement sees the latest commit
   */
  long of(Session session) {
    return session
        .queryOne(
            bounds,
            row -> {
              long now = row.getLong("asked_at");
              Long oldest = Rows.longOrNull(row, "oldest");
              return Math.max(
                  now - MAX_COMMIT_DELAY_MS,
                  Math.min(now, oldest == null ? now : oldest) - SLACK_MS);
            })
        .orElseThrow();
  }
}
