package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.storage.Session;

/** How far the census is, from counts that triggers keep and an index over ends. */
final class Progress {

  private static final long SHORTEST_PACE_MS = 60_000;
  private static final long HOUR_MS = 3_600_000;

  private final String progress;

  Progress(Dialect dialect) {
    progress =
        dialect.sql(
            """
            SELECT COALESCE(sum(available), 0) AS available,
              COALESCE(sum(in_progress), 0) AS in_progress,
              COALESCE(sum(done), 0) AS done,
              COALESCE(sum(error), 0) AS error,
              COALESCE(sum(answered), 0) AS answered,
              (SELECT count(*) FROM task {index task_by_end}
                WHERE status = 2 AND copy = 0 AND updated_at > {now} - 60000) AS last_minute,
              (SELECT count(*) FROM task {index task_by_end}
                WHERE status = 2 AND copy = 0 AND updated_at > {now} - 3600000) AS last_hour,
              (SELECT {now} - min(updated_at) FROM task {index task_by_end}
                WHERE status = 2 AND copy = 0 AND updated_at > {now} - 3600000) AS pace_ms,
              (SELECT max(id) FROM round) AS round,
              (SELECT count(*) FROM task {index task_copies} WHERE status = 0 AND copy > 0) AS checks
            FROM tally\
            """);
  }

  GetProgressReply get(Session session) {
    return session
        .queryOne(
            progress,
            row -> {
              int available = row.getInt("available");
              int inProgress = row.getInt("in_progress");
              int done = row.getInt("done");
              int error = row.getInt("error");
              return new GetProgressReply(
                  available + inProgress + done + error,
                  available,
                  inProgress,
                  done,
                  error,
                  row.getLong("answered"),
                  row.getInt("last_minute"),
                  row.getInt("last_hour"),
                  paceMs(row.getLong("pace_ms"), row.getInt("last_hour")),
                  row.getInt("round"),
                  row.getInt("checks"));
            })
        .orElseThrow();
  }

  /** The first results of a census come in a burst: less than a minute says nothing of its pace. */
  private static long paceMs(long sinceFirst, int lastHour) {
    return lastHour == 0 ? 0 : Math.clamp(sinceFirst, SHORTEST_PACE_MS, HOUR_MS);
  }
}
