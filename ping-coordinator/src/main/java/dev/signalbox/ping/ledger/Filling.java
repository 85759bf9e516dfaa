package dev.signalbox.ping.ledger;

import dev.signalbox.storage.Engine;
import dev.signalbox.storage.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Puts the census's tasks into an empty ledger, once: all of them or, after a crash, none. */
final class Filling {

  private static final int ROWS_AT_ONCE = 500;

  private final LedgerSettings settings;
  private final String mark;
  private final String fold;
  private final Dialect dialect;

  Filling(LedgerSettings settings, Dialect dialect) {
    this.settings = settings;
    this.dialect = dialect;
    mark =
        dialect.sql(
            """
            INSERT INTO filling (id, content, filled_at) VALUES (0, ?, {now})
            ON CONFLICT (id) DO NOTHING\
            """);
    fold =
        """
        WITH gone AS (
          DELETE FROM tally
          WHERE backend <> 0 AND backend NOT IN (SELECT pid FROM pg_stat_activity)
          RETURNING available, in_progress, done, error, answered)
        INSERT INTO tally AS t
        SELECT 0, sum(available), sum(in_progress), sum(done), sum(error), sum(answered)
        FROM gone HAVING count(*) > 0
        ON CONFLICT (backend) DO UPDATE SET
          available = t.available + EXCLUDED.available,
          in_progress = t.in_progress + EXCLUDED.in_progress,
          done = t.done + EXCLUDED.done,
          error = t.error + EXCLUDED.error,
          answered = t.answered + EXCLUDED.answered\
        """;
  }

  /** What the settings ask for, in words. */
  String content() {
    return "first-task=%d initial-tasks=%d include-special-purpose=%s"
        .formatted(settings.firstTask(), settings.initialTasks(), settings.includeSpecialPurpose());
  }

  /**
   * Fills the ledger unless that was done before; what it was filled with then. The marking row
   * makes a second replica that starts at the same moment wait for the first and then do nothing.
   */
  String fill(Session session) {
    if (session.update(mark, content()) == 1) {
      insert(session);
    }
    return session
        .queryOne("SELECT content FROM filling WHERE id = 0", row -> row.getString("content"))
        .orElseThrow();
  }

  /** Adds up the counts of closed connections, which otherwise leave one row for each start. */
  void fold(Session session) {
    if (session.engine() == Engine.POSTGRESQL) {
      session.update(fold);
    }
  }

  private void insert(Session session) {
    List<Block> blocks =
        IntStream.range(settings.firstTask(), Block.COUNT)
            .mapToObj(Block::new)
            .filter(block -> block.eligible(settings.includeSpecialPurpose()))
            .limit(settings.initialTasks())
            .toList();
    for (int from = 0; from < blocks.size(); from += ROWS_AT_ONCE) {
      insert(session, blocks.subList(from, Math.min(from + ROWS_AT_ONCE, blocks.size())));
    }
  }

  private void insert(Session session, List<Block> blocks) {
    List<Object> values = new ArrayList<>(blocks.size() * 2);
    for (Block block : blocks) {
      values.add(block.index());
      values.add(block.spread());
    }
    session.update(
        dialect.sql(
            "INSERT INTO task (task_index, spread, status, updated_at) VALUES "
                + String.join(", ", Collections.nCopies(blocks.size(), "(?, ?, 0, {now})"))),
        values.toArray());
  }
}
