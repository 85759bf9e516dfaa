package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.ListRoundsReply;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.StartRoundReply;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.storage.Session;
import java.util.List;

/** The census runs again and again; what was found stays with its round. */
final class Rounds {

  private final OptOuts optOuts;
  private final String lock;
  private final String end;
  private final String start;
  private final String hold;
  private final String reset;

  Rounds(Dialect dialect, OptOuts optOuts) {
    this.optOuts = optOuts;
    lock = dialect.sql("SELECT id FROM round WHERE id = ? AND ended_at IS NULL{lock}");
    end =
        dialect.sql(
            """
            UPDATE round SET ended_at = {now},
              tasks = (SELECT sum(available + in_progress + done + error) FROM tally),
              done = (SELECT sum(done) FROM tally),
              answered = (SELECT sum(answered) FROM tally)
            WHERE id = ?\
            """);
    hold = dialect.sql("SELECT task_index FROM task ORDER BY task_index{lock}");
    start = dialect.sql("INSERT INTO round (id, started_at) VALUES (?, {now})");
    reset =
        dialect.sql(
            "UPDATE task SET status = 0, updated_at = {now}, "
                + Leases.NOBODY
                + " WHERE status <> 0 OR token_hash IS NOT NULL");
  }

  /** The number of the current round. */
  static int current(Session session) {
    return session
        .queryOne("SELECT max(id) AS id FROM round", row -> row.getInt("id"))
        .orElseThrow();
  }

  ListRoundsReply list(Session session) {
    return new ListRoundsReply(
        session.query(
            """
            SELECT r.id, r.started_at, r.ended_at,
              COALESCE(r.tasks, (SELECT sum(available + in_progress + done + error) FROM tally), 0)
                AS tasks,
              COALESCE(r.done, (SELECT sum(done) FROM tally), 0) AS done,
              COALESCE(r.answered, (SELECT sum(answered) FROM tally), 0) AS answered
            FROM round r ORDER BY r.id\
            """,
            row ->
                new Round(
                    row.getInt("id"),
                    row.getLong("started_at"),
                    Rows.longOrNull(row, "ended_at"),
                    row.getInt("tasks"),
                    row.getInt("done"),
                    row.getLong("answered"))));
  }

  StartRoundReply start(Session session, StartRoundRequest request) {
    int current = request.current();
    if (session.queryOne(lock, row -> row.getInt("id"), current).isEmpty()) {
      return new StartRoundReply.NotCurrent(current(session));
    }
    session.update("DELETE FROM task WHERE copy > 0");
    // Waits for results that replicas are storing, so that the totals and the credit have them.
    session.scan(hold, row -> true);
    session.update(end, current);
    session.update(reset);
    session.update(
        """
        INSERT INTO credit (round, participant, tasks, addresses)
        SELECT round, participant, count(*), sum(pinged) FROM result
        WHERE round = ? AND participant IS NOT NULL GROUP BY round, participant\
        """,
        current);
    session.update("DELETE FROM fault");
    session.update("UPDATE participant SET recall = 0 WHERE recall = 1");
    session.update(start, current + 1);
    optOuts.withdraw(session, List.of(AddressRange.ALL));
    return new StartRoundReply.Started(list(session).rounds().getLast());
  }
}
