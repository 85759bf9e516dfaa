package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultReply.AlreadyDone;
import dev.signalbox.contracts.ping.SubmitResultReply.Invalid;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultReply.UnknownTask;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.ledger.CensusResult.Reading;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Results in, results out. */
final class Submissions {

  private final Faults faults;
  private final Participants participants;
  private final Checks checks;
  private final OptOuts optOuts;
  private final String look;
  private final String finish;
  private final String fail;
  private final String store;
  private final String keep;

  Submissions(
      Dialect dialect, Faults faults, Participants participants, Checks checks, OptOuts optOuts) {
    this.faults = faults;
    this.participants = participants;
    this.checks = checks;
    this.optOuts = optOuts;
    look =
        dialect.sql(
            """
            SELECT copy, status, token_hash, classic, participant, worker,
              (SELECT max(id) FROM round) AS round,
              (SELECT id FROM participant WHERE address = ?) AS sender,
              (SELECT version FROM opt_out_version) AS opt_out_version
            FROM task WHERE task_index = ? ORDER BY copy{lock}\
            """);
    finish =
        dialect.sql(
            """
            UPDATE task SET status = 2, lease_id = NULL, expires_at = NULL, share = NULL,
              answered = ?, updated_at = {now}
            WHERE task_index = ? AND copy = ?\
            """);
    fail =
        dialect.sql(
            """
            UPDATE task SET status = 3, updated_at = {now}, lease_id = NULL, expires_at = NULL,
              share = NULL
            WHERE task_index = ? AND copy = 0\
            """);
    store =
        dialect.sql(
            """
            INSERT INTO result (round, task_index, copy, participant, worker, token_hash,
              content_hash, answered, pinged, packing, data, suspicion, stored_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {now})
            ON CONFLICT (round, task_index, copy) DO UPDATE SET
              participant = excluded.participant, worker = excluded.worker,
              token_hash = excluded.token_hash, content_hash = excluded.content_hash,
              answered = excluded.answered, pinged = excluded.pinged, packing = excluded.packing,
              data = excluded.data, confirmations = 0, suspicion = excluded.suspicion,
              stored_at = excluded.stored_at\
            """);
    keep =
        "WITH finished AS ("
            + finish
            + "), seen AS ("
            + dialect.sql(Participants.ACTIVE)
            + ") "
            + store;
  }

  /** What is to be done with a submission, worked out before its turn in the writer. */
  @SuppressWarnings("ArrayRecordComponent")
  record Submission(
      int taskIndex,
      @Nullable String token,
      String address,
      Reading reading,
      @Nullable PackedResult packed,
      byte @Nullable [] hash,
      @Nullable Suspicion suspicion) {

    static Submission of(int taskIndex, SubmitResultRequest request) {
      String address = Participants.address(request.client());
      byte[] data = request.data().bytes();
      boolean frame = request.coding() == SubmitResultRequest.Coding.ZSTD;
      Reading reading =
          frame ? CensusResult.readFrame(data) : CensusResult.read(request.format(), data);
      return switch (reading) {
        case Reading.Valid(CensusResult result) ->
            new Submission(
                taskIndex,
                request.leaseToken(),
                address,
                reading,
                frame ? PackedResult.of(result, data) : PackedResult.of(result),
                result.hash(),
                Suspicion.of(result));
        case Reading.Invalid _ ->
            new Submission(taskIndex, request.leaseToken(), address, reading, null, null, null);
      };
    }
  }

  /** What the rows of a task are known by: before those of participants, and in their order. */
  static String lockKey(int taskIndex) {
    return "1 task %010d".formatted(taskIndex);
  }

  SubmitResultReply submit(Session session, Submission submission) {
    List<Standing> copies =
        session.query(look, Standing::of, submission.address, submission.taskIndex);
    if (copies.isEmpty()) {
      return new UnknownTask();
    }
    String token = submission.token;
    return token == null
        ? classic(session, submission, copies.getFirst())
        : copies.stream()
            .filter(copy -> LeaseToken.matches(token, copy.tokenHash))
            .findFirst()
            .map(copy -> proven(session, submission, copy))
            .orElseGet(NoLease::new);
  }

  /** A wrong result changes nothing: its sender still holds the lease and may send again. */
  private SubmitResultReply proven(Session session, Submission submission, Standing copy) {
    return switch (submission.reading) {
      case Reading.Invalid(String error) -> new Invalid(error);
      case Reading.Valid(CensusResult result) ->
          copy.status == TaskStatus.DONE
              ? repeat(session, submission, copy, result)
              : accept(session, submission, copy);
    };
  }

  /**
   * Without a token a result counts when it comes from the address that the task was handed out to
   * without one. A wrong result then marks the task, which is how the classic face shows it to its
   * administrator.
   */
  private SubmitResultReply classic(Session session, Submission submission, Standing copy) {
    return switch (submission.reading) {
      case Reading.Valid(CensusResult result) ->
          copy.status == TaskStatus.DONE
              ? repeat(session, submission, copy, result)
              : copy.classicHolder() ? accept(session, submission, copy) : new NoLease();
      case Reading.Invalid(String error) -> {
        if (copy.status == TaskStatus.DONE) {
          yield new AlreadyDone();
        }
        if (!copy.classicHolder()) {
          yield new NoLease();
        }
        session.update(fail, submission.taskIndex);
        faults.note(session, submission.taskIndex, error);
        yield new Invalid(error);
      }
    };
  }

  private SubmitResultReply accept(Session session, Submission submission, Standing copy) {
    PackedResult packed = Objects.requireNonNull(submission.packed);
    Block block = new Block(submission.taskIndex);
    Exclusions exclusions = optOuts.exclusions(session, copy.optOutVersion);
    Suspicion suspicion = submission.suspicion;
    int answered = exclusions.answered(block, packed);
    keep(
        session,
        new @Nullable Object[] {answered, block.index(), copy.number},
        copy.participant,
        new @Nullable Object[] {
          copy.round,
          block.index(),
          copy.number,
          copy.participant,
          copy.worker,
          copy.tokenHash,
          submission.hash,
          answered,
          block.exists() ? exclusions.pinged(block) : 0,
          packed.packing().code(),
          packed.data(),
          suspicion == null ? null : suspicion.name()
        });
    checks.accepted(session, copy.round, block, copy.number, copy.participant, suspicion);
    return new Accepted(false, packed.answered());
  }

  /**
   * Three statements, which on PostgreSQL would be three round trips and are one there; SQLite has
   * no such statement, and no round trips either.
   */
  private void keep(
      Session session,
      @Nullable Object[] finished,
      @Nullable Long participant,
      @Nullable Object[] stored) {
    switch (session.engine()) {
      case POSTGRESQL -> {
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.addAll(Arrays.asList(finished));
        arguments.add(participant);
        arguments.addAll(Arrays.asList(stored));
        session.update(keep, arguments.toArray());
      }
      case SQLITE -> {
        session.update(finish, finished);
        session.update(store, stored);
        participants.active(session, participant);
      }
    }
  }

  /**
   * The same bytes again are answered as the first time; what was stored stays. A result is known
   * by its lease's token, for it may have become another copy since; one without a token, of the
   * classic face or from before tokens were kept with results, by its copy.
   */
  private SubmitResultReply repeat(
      Session session, Submission submission, Standing copy, CensusResult result) {
    record Stored(int answered, boolean same) {}
    return session
        .queryOne(
            """
            SELECT content_hash, packing, data, answered FROM result
            WHERE round = ? AND task_index = ?
              AND (token_hash = ? OR (copy = ? AND (token_hash IS NULL OR ? = 1)))\
            """,
            row -> {
              boolean same =
                  Arrays.equals(row.getBytes("content_hash"), submission.hash)
                      || (row.getBytes("data") != null
                          && result.repeats(Rows.packed(row).unpack()));
              return new Stored(row.getInt("answered"), same);
            },
            copy.round,
            submission.taskIndex,
            submission.token == null ? null : copy.tokenHash,
            copy.number,
            submission.token == null ? 1 : 0)
        .filter(Stored::same)
        .<SubmitResultReply>map(stored -> new Accepted(true, stored.answered))
        .orElseGet(AlreadyDone::new);
  }

  /**
   * How a copy of the task stands. The last holder may still submit when the lease has ended: the
   * work is done, and no other worker has begun it.
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Standing(
      int number,
      TaskStatus status,
      byte @Nullable [] tokenHash,
      boolean classic,
      @Nullable Long participant,
      @Nullable String worker,
      int round,
      @Nullable Long sender,
      long optOutVersion) {

    static Standing of(ResultSet row) throws SQLException {
      return new Standing(
          row.getInt("copy"),
          TaskStatus.of(row.getInt("status")),
          row.getBytes("token_hash"),
          row.getInt("classic") == 1,
          Rows.longOrNull(row, "participant"),
          row.getString("worker"),
          row.getInt("round"),
          Rows.longOrNull(row, "sender"),
          row.getLong("opt_out_version"));
    }

    boolean classicHolder() {
      return classic && participant != null && participant.equals(sender);
    }
  }
}
