package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultReply.AlreadyDone;
import dev.signalbox.contracts.ping.SubmitResultReply.Invalid;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultReply.UnknownTask;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.ledger.CensusResult.Reading;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Results in, results out. */
final class Submissions {

  private final Faults faults;
  private final String look;
  private final String finish;
  private final String fail;
  private final String store;

  Submissions(Dialect dialect, Faults faults) {
    this.faults = faults;
    look =
        dialect.sql(
            """
            SELECT status, token_hash,
              CASE WHEN status = 1 AND expires_at > {now} THEN 1 ELSE 0 END AS live
            FROM task WHERE task_index = ?{lock}\
            """);
    finish =
        dialect.sql(
            """
            UPDATE task SET status = 2, lease_id = NULL, token_hash = NULL, expires_at = NULL,
              share = NULL, answered = ?, updated_at = {now}
            WHERE task_index = ?\
            """);
    fail =
        dialect.sql(
            "UPDATE task SET status = 3, updated_at = {now}, "
                + Leases.NOBODY
                + " WHERE task_index = ?");
    store =
        dialect.sql(
            """
            INSERT INTO result (task_index, answered, bitmap, rtt, stored_at)
            VALUES (?, ?, ?, ?, {now})
            ON CONFLICT (task_index) DO UPDATE SET answered = excluded.answered,
              bitmap = excluded.bitmap, rtt = excluded.rtt, stored_at = excluded.stored_at\
            """);
  }

  /** What is to be done with a submission, worked out before its turn in the writer. */
  record Submission(
      int taskIndex, @Nullable String token, Reading reading, @Nullable PackedResult packed) {

    static Submission of(int taskIndex, @Nullable String token, Reading reading) {
      return new Submission(
          taskIndex,
          token,
          reading,
          reading instanceof Reading.Valid(CensusResult result) ? PackedResult.of(result) : null);
    }
  }

  SubmitResultReply submit(Session session, Submission submission) {
    Optional<Standing> standing = session.queryOne(look, Standing::of, submission.taskIndex);
    if (standing.isEmpty()) {
      return new UnknownTask();
    }
    return switch (submission.reading) {
      case Reading.Invalid(String error) -> refuse(session, submission, standing.get(), error);
      case Reading.Valid(CensusResult result) ->
          standing.get().status == TaskStatus.DONE
              ? repeat(session, submission.taskIndex, result)
              : accept(session, submission, standing.get());
    };
  }

  private SubmitResultReply accept(Session session, Submission submission, Standing standing) {
    String token = submission.token;
    PackedResult packed = submission.packed;
    if (packed == null || (token != null && !standing.holds(token))) {
      return new NoLease();
    }
    session.update(finish, packed.answered(), submission.taskIndex);
    session.update(store, submission.taskIndex, packed.answered(), packed.bitmap(), packed.rtt());
    return new Accepted(false, packed.answered());
  }

  /**
   * Without a token a wrong result marks the task, which is how the classic face shows it to its
   * administrator. With one the sender alone hears of it: it still holds the lease and may send
   * again, and a stranger with a made-up token cannot write anything.
   */
  private SubmitResultReply refuse(
      Session session, Submission submission, Standing standing, String error) {
    if (submission.token != null) {
      return new Invalid(error);
    }
    if (standing.status == TaskStatus.DONE) {
      return new AlreadyDone();
    }
    session.update(fail, submission.taskIndex);
    faults.note(session, submission.taskIndex, error);
    return new Invalid(error);
  }

  private SubmitResultReply repeat(Session session, int taskIndex, CensusResult result) {
    return stored(session, taskIndex)
        .filter(result::repeats)
        .<SubmitResultReply>map(stored -> new Accepted(true, stored.answered()))
        .orElseGet(AlreadyDone::new);
  }

  ReadResultReply read(Session session, ReadResultRequest request) {
    return stored(session, request.index())
        .<ReadResultReply>map(result -> {
          byte[] rtt = result.rtt();
          return new ReadResultReply.Stored(
              new Binary(result.bitmap()), rtt == null ? null : new Binary(rtt));
        })
        .orElseGet(ReadResultReply.Missing::new);
  }

  private static Optional<CensusResult> stored(Session session, int taskIndex) {
    return session
        .queryOne(
            """
            SELECT r.bitmap, r.rtt, r.answered
            FROM task t JOIN result r ON r.task_index = t.task_index
            WHERE t.task_index = ? AND t.status = 2\
            """,
            row ->
                new PackedResult(
                    row.getBytes("bitmap"), row.getBytes("rtt"), row.getInt("answered")),
            taskIndex)
        .map(PackedResult::unpack);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Standing(TaskStatus status, byte @Nullable [] tokenHash, boolean live) {

    static Standing of(ResultSet row) throws SQLException {
      return new Standing(
          TaskStatus.of(row.getInt("status")), row.getBytes("token_hash"), row.getInt("live") == 1);
    }

    boolean holds(String token) {
      return LeaseToken.matches(token, tokenHash) && live;
    }
  }
}
