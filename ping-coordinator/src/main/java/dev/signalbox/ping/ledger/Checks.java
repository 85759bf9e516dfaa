package dev.signalbox.ping.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.storage.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Results are compared, not believed: some tasks are given to a second contributor, and to a third
 * when the two do not agree. A contributor whom two others refute loses the credit, and the
 * contributor's unconfirmed results go back to the pool.
 */
final class Checks {

  static final String DISAGREE = "Results disagree";

  private static final int RECALL_AT_ONCE = 200;

  /** A participant's results that are unconfirmed and not being checked. */
  private static final String UNCONFIRMED =
      """
      SELECT task_index FROM result
      WHERE round = ? AND participant = ? AND copy = 0 AND confirmations = 0
        AND NOT EXISTS (
          SELECT 1 FROM task t
          WHERE t.task_index = result.task_index AND t.copy > 0 AND t.status <> 0)
      """;

  private static final int MAX_TRACKS = 10_000;
  private static final Duration TRACK_TIME = Duration.ofSeconds(10);

  private final ContributorRules rules;
  private final Faults faults;
  private final RandomGenerator random;
  private final String again;
  private final String compared;
  private final String backToThePool;
  private final String took;
  private final String hold;
  private final String holdParticipant;
  private final Cache<Long, Track> tracks =
      Caffeine.newBuilder()
          .maximumSize(MAX_TRACKS)
          .expireAfterWrite(TRACK_TIME)
          .executor(Runnable::run)
          .build();

  /** What was submitted for one copy of a task. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Copy(
      int number, @Nullable Long participant, @Nullable String worker, PackedResult packed) {

    byte[] bitmap() {
      return packed.unpack().bitmap();
    }
  }

  Checks(ContributorRules rules, Dialect dialect, Faults faults, RandomGenerator random) {
    this.rules = rules;
    this.faults = faults;
    this.random = random;
    again =
        dialect.sql(
            """
            INSERT INTO task (task_index, copy, spread, status, updated_at)
            VALUES (?, ?, ?, 0, {now}) ON CONFLICT DO NOTHING\
            """);
    compared =
        dialect.sql(
            """
            INSERT INTO comparison
              (round, task_index, participant, agreed, differing, answering, compared_at)
            VALUES (?, ?, ?, ?, ?, ?, {now})\
            """);
    backToThePool =
        dialect.sql(
            "UPDATE task SET status = 0, updated_at = {now}, "
                + Leases.NOBODY
                + " WHERE task_index = ? AND copy = 0 AND status = 2");
    took =
        dialect.sql(
            """
            UPDATE task SET answered = ?, participant = ?, worker = ?, updated_at = {now}
            WHERE task_index = ? AND copy = 0\
            """);
    hold = dialect.sql("SELECT status FROM task WHERE task_index = ? ORDER BY copy{lock}");
    holdParticipant = dialect.sql("SELECT recall FROM participant WHERE id = ?{lock}");
  }

  /** Looks at a result that has just been stored. */
  void accepted(
      Session session,
      int round,
      Block block,
      int copy,
      @Nullable Long participant,
      @Nullable Suspicion suspicion) {
    if (copy > 0) {
      compare(session, round, block);
    } else if (block.exists() && chosen(session, participant, suspicion)) {
      session.update(again, block.index(), 1, block.spread());
    }
  }

  private boolean chosen(
      Session session, @Nullable Long participant, @Nullable Suspicion suspicion) {
    Track track = participant == null ? new Track(0, 0) : track(session, participant);
    return random.nextInt(100) < track.checkPercent(rules.checkPercent(), suspicion);
  }

  private Track track(Session session, long participant) {
    return tracks.get(participant, id -> trackOf(session, id));
  }

  static Track trackOf(Session session, long participant) {
    int[] counts = new int[2];
    session.scan(
        "SELECT agreed, count(*) AS n FROM comparison WHERE participant = ? GROUP BY agreed",
        row -> {
          counts[row.getInt("agreed")] = row.getInt("n");
          return true;
        },
        participant);
    return new Track(counts[1], counts[0]);
  }

  private void compare(Session session, int round, Block block) {
    List<Copy> copies = copies(session, round, block);
    if (copies.size() == 2) {
      Copy first = copies.getFirst();
      Copy second = copies.getLast();
      Likeness likeness = Likeness.of(first.bitmap(), second.bitmap());
      if (likeness.agrees(rules.churnPercent())) {
        agreed(session, round, block, likeness, List.of(first, second));
      } else {
        session.update(again, block.index(), 2, block.spread());
      }
    } else if (copies.size() == 3) {
      decide(session, round, block, copies);
    }
  }

  private void decide(Session session, int round, Block block, List<Copy> copies) {
    Copy first = copies.get(0);
    Copy second = copies.get(1);
    Copy third = copies.get(2);
    byte[] bitmap = third.bitmap();
    Likeness toFirst = Likeness.of(first.bitmap(), bitmap);
    Likeness toSecond = Likeness.of(second.bitmap(), bitmap);
    boolean firstAgrees = toFirst.agrees(rules.churnPercent());
    boolean secondAgrees = toSecond.agrees(rules.churnPercent());
    if (firstAgrees && secondAgrees) {
      // The block changed while it was pinged three times.
      agreed(session, round, block, toFirst, copies);
    } else if (firstAgrees) {
      refuted(session, round, block, second, Likeness.of(first.bitmap(), second.bitmap()));
      agreed(session, round, block, toFirst, List.of(first, third));
    } else if (secondAgrees) {
      refuted(session, round, block, first, toFirst);
      session.update(
          "UPDATE result SET copy = 0 WHERE round = ? AND task_index = ? AND copy = ?",
          round,
          block.index(),
          second.number);
      session.update(
          took, second.packed.answered(), second.participant, second.worker, block.index());
      agreed(session, round, block, toSecond, List.of(second, third));
    } else {
      reset(session, round, block.index());
      faults.note(session, block.index(), DISAGREE);
    }
  }

  /** The results confirm each other; the data of one of them suffices. */
  private void agreed(
      Session session, int round, Block block, Likeness likeness, List<Copy> copies) {
    for (Copy copy : copies) {
      note(session, round, block, copy, likeness, true);
    }
    session.update(
        "UPDATE result SET data = NULL WHERE round = ? AND task_index = ? AND copy > 0",
        round,
        block.index());
    session.update(
        "UPDATE result SET confirmations = ? WHERE round = ? AND task_index = ? AND copy = 0",
        copies.size() - 1,
        round,
        block.index());
  }

  private void refuted(Session session, int round, Block block, Copy copy, Likeness likeness) {
    note(session, round, block, copy, likeness, false);
    session.update(
        "DELETE FROM result WHERE round = ? AND task_index = ? AND copy = ?",
        round,
        block.index(),
        copy.number);
    if (copy.participant != null) {
      session.update("UPDATE participant SET recall = 1 WHERE id = ?", copy.participant);
    }
  }

  private void note(
      Session session, int round, Block block, Copy copy, Likeness likeness, boolean agreed) {
    if (copy.participant != null) {
      tracks.invalidate(copy.participant);
      session.update(
          compared,
          round,
          block.index(),
          copy.participant,
          agreed ? 1 : 0,
          likeness.differing(),
          likeness.answering());
    }
  }

  private static List<Copy> copies(Session session, int round, Block block) {
    return session.query(
        """
        SELECT copy, participant, worker, packing, data, answered FROM result
        WHERE round = ? AND task_index = ? AND data IS NOT NULL ORDER BY copy LIMIT 3\
        """,
        row ->
            new Copy(
                row.getInt("copy"),
                Rows.longOrNull(row, "participant"),
                row.getString("worker"),
                Rows.packed(row)),
        round,
        block.index());
  }

  /** Deletes the results of a task and returns it to the pool. */
  private void reset(Session session, int round, int index) {
    session.update(backToThePool, index);
    session.update("DELETE FROM task WHERE task_index = ? AND copy > 0", index);
    session.update("DELETE FROM result WHERE round = ? AND task_index = ?", round, index);
  }

  /** Whether a refuted participant has results that have not gone back yet. */
  boolean due(Session session) {
    return session
        .queryOne(
            "SELECT 1 AS due FROM participant WHERE recall = 1 LIMIT 1", row -> row.getInt("due"))
        .isPresent();
  }

  /**
   * Returns unconfirmed results of a refuted participant to the pool, some at a time, and counts
   * them. Results that are being checked stay: the check decides, and no checker loses its work.
   */
  int recall(Session session) {
    Optional<Long> who =
        session.queryOne(
            "SELECT id FROM participant WHERE recall = 1 LIMIT 1", row -> row.getLong("id"));
    if (who.isEmpty()) {
      return 0;
    }
    long participant = who.get();
    int round = Rounds.current(session);
    List<Integer> indices =
        session.query(
            UNCONFIRMED + "ORDER BY task_index LIMIT ?",
            row -> row.getInt("task_index"),
            round,
            participant,
            RECALL_AT_ONCE);
    int recalled = 0;
    for (int index : indices) {
      // A replica may have confirmed it since: what counts is how it stands once its task is held.
      session.query(hold, row -> row.getInt("status"), index);
      if (present(session, UNCONFIRMED + "AND task_index = ?", round, participant, index)) {
        reset(session, round, index);
        recalled++;
      }
    }
    // A transaction that refutes the participant again waits here, and asks for the next recall.
    session.queryOne(holdParticipant, row -> row.getInt("recall"), participant);
    if (!present(session, UNCONFIRMED + "LIMIT 1", round, participant)) {
      session.update("UPDATE participant SET recall = 0 WHERE id = ?", participant);
    }
    return recalled;
  }

  private static boolean present(Session session, String sql, @Nullable Object... values) {
    return session.queryOne(sql, row -> row.getInt("task_index"), values).isPresent();
  }
}
