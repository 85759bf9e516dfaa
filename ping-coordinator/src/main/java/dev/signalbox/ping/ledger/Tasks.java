package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.ListInProgressReply;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Session;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Tasks as the administrator sees them. */
final class Tasks {

  private static final String ONE =
      "SELECT " + Rows.TASK_COLUMNS + " FROM task WHERE task_index = ? AND copy = 0";
  private static final String PAGE =
      "SELECT "
          + Rows.TASK_COLUMNS
          + " FROM task WHERE copy = 0 AND task_index > ? ORDER BY task_index LIMIT ?";

  private static final String PAGE_OF_STATUS =
      "SELECT "
          + Rows.TASK_COLUMNS
          + " FROM task WHERE status = ? AND copy = 0 AND task_index > ? ORDER BY task_index LIMIT ?";

  private final LedgerSettings settings;
  private final Faults faults;
  private final String add;
  private final String standing;
  private final String revise;

  Tasks(LedgerSettings settings, Dialect dialect, Faults faults) {
    this.settings = settings;
    this.faults = faults;
    add =
        dialect.sql(
            """
            INSERT INTO task (task_index, copy, spread, status, updated_at)
            VALUES (?, 0, ?, ?, {now}) ON CONFLICT DO NOTHING\
            """);
    standing =
        dialect.sql(
            """
            SELECT status,
              CASE WHEN expires_at IS NOT NULL AND expires_at <= {now} THEN 1 ELSE 0 END AS ended
            FROM task WHERE task_index = ? AND copy = 0{lock}\
            """);
    revise =
        dialect.sql(
            "UPDATE task SET status = ?, updated_at = {now}, "
                + Leases.NOBODY.replace(
                    "answered = NULL",
                    "answered = CASE WHEN ? = 2 THEN (SELECT r.answered FROM result r"
                        + " WHERE r.round = (SELECT max(id) FROM round) AND r.copy = 0"
                        + " AND r.task_index = task.task_index) ELSE NULL END")
                + " WHERE task_index = ? AND copy = 0 RETURNING "
                + Rows.TASK_COLUMNS);
  }

  TaskRow add(Session session, AddTaskRequest request) {
    while (true) {
      Block block = next(session);
      // Another replica may be adding the same index: the second one takes the next index.
      if (session.update(
              add, block.index(), block.exists() ? block.spread() : null, request.status().code())
          == 1) {
        return get(session, block.index()).orElseThrow();
      }
    }
  }

  private Block next(Session session) {
    int highest =
        session
            .queryOne(
                "SELECT COALESCE(max(task_index), -1) AS highest FROM task",
                row -> row.getInt("highest"))
            .orElse(-1);
    Block block = new Block(Math.max(settings.firstTask(), highest + 1));
    while (!block.eligible(settings.includeSpecialPurpose())) {
      block = new Block(block.index() + 1);
    }
    if (block.index() >= settings.maxTasks()) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED, "The ledger takes task indices below " + settings.maxTasks());
    }
    return block;
  }

  Optional<TaskRow> get(Session session, int index) {
    return session.queryOne(ONE, Rows::task, index);
  }

  LatestTaskReply latest(Session session) {
    return new LatestTaskReply(
        session
            .queryOne(
                "SELECT task_index FROM task WHERE status = 0 AND copy = 0"
                    + " ORDER BY task_index DESC LIMIT 1",
                row -> row.getInt("task_index"))
            .orElse(null));
  }

  ListTasksReply list(Session session, ListTasksRequest request) {
    TaskStatus status = request.status();
    int limit = request.limit() + 1;
    List<TaskRow> tasks =
        status == null
            ? session.query(PAGE, Rows::task, request.after(), limit)
            : session.query(PAGE_OF_STATUS, Rows::task, status.code(), request.after(), limit);
    boolean more = tasks.size() > request.limit();
    return new ListTasksReply(more ? tasks.subList(0, request.limit()) : tasks, more);
  }

  ListInProgressReply inProgress(Session session) {
    BitSet indices = new BitSet();
    session.scan(
        "SELECT task_index FROM task WHERE status = 1 AND copy = 0",
        row -> {
          indices.set(row.getInt(1));
          return true;
        });
    return ListInProgressReply.of(indices);
  }

  ReviseTaskReply revise(Session session, ReviseTaskRequest request) {
    Optional<Standing> found =
        session.queryOne(
            standing,
            row -> new Standing(TaskStatus.of(row.getInt("status")), row.getInt("ended") == 1),
            request.index());
    if (found.isEmpty()) {
      return new ReviseTaskReply.UnknownTask();
    }
    boolean working = found.get().status == TaskStatus.IN_PROGRESS;
    if (working && found.get().ended) {
      faults.note(session, request.index(), Faults.TIMED_OUT);
    } else if (working && !request.force()) {
      return new ReviseTaskReply.Working();
    }
    if (found.get().status == TaskStatus.DONE && request.status() == TaskStatus.DONE) {
      // Nothing to revise; who did it and when stays on record.
      return new ReviseTaskReply.Revised(get(session, request.index()).orElseThrow());
    }
    if (request.status() != TaskStatus.DONE) {
      // A task that is done anew needs no check of its earlier results.
      session.update("DELETE FROM task WHERE task_index = ? AND copy > 0", request.index());
    }
    int code = request.status().code();
    return new ReviseTaskReply.Revised(
        session.queryOne(revise, Rows::task, code, code, request.index()).orElseThrow());
  }

  private record Standing(TaskStatus status, boolean ended) {}
}
