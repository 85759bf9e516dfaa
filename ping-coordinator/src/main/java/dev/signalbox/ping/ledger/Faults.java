package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The errors noted about tasks; the newest are kept, so that no sender can fill the disk. */
final class Faults {

  static final String TIMED_OUT = "Task timed out";

  private final String note;

  Faults(Dialect dialect) {
    note = dialect.sql("INSERT INTO fault (task_index, error, noted_at) VALUES (?, ?, {now})");
  }

  void note(Session session, int taskIndex, String error) {
    session.update(note, taskIndex, error);
  }

  ListErrorsReply list(Session session, ListErrorsRequest request) {
    List<TaskFault> faults =
        session.query(
            """
            SELECT f.id, f.task_index, f.error, t.status, f.noted_at
            FROM fault f JOIN task t ON t.task_index = f.task_index AND t.copy = 0
            WHERE f.id > ? ORDER BY f.id LIMIT ?\
            """,
            Faults::fault,
            request.after(),
            request.limit() + 1);
    boolean more = faults.size() > request.limit();
    return new ListErrorsReply(more ? faults.subList(0, request.limit()) : faults, more);
  }

  ClearErrorsReply clear(Session session, ClearErrorsRequest request) {
    Integer taskIndex = request.taskIndex();
    int cleared =
        taskIndex == null
            ? session.update("DELETE FROM fault")
            : session.update("DELETE FROM fault WHERE task_index = ?", taskIndex);
    return new ClearErrorsReply(cleared);
  }

  /** Whether there are more than so many; ids have gaps, so it may be too early but never late. */
  boolean exceeds(Session session, int limit) {
    return session
        .queryOne(
            "SELECT (SELECT max(id) FROM fault) - (SELECT min(id) FROM fault) >= ? AS exceeds",
            row -> row.getBoolean("exceeds"),
            limit)
        .orElse(false);
  }

  int trim(Session session, int limit) {
    return session.update(
        "DELETE FROM fault WHERE id <= (SELECT id FROM fault ORDER BY id DESC LIMIT 1 OFFSET ?)",
        limit);
  }

  private static TaskFault fault(ResultSet row) throws SQLException {
    return new TaskFault(
        row.getLong("id"),
        row.getInt("task_index"),
        row.getString("error"),
        TaskStatus.of(row.getInt("status")),
        row.getLong("noted_at"));
  }
}
