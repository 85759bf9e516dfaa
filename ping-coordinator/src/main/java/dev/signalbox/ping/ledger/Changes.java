package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.CensusChanged;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what changed in the ledger, four times a second at most, however much that is. Only after
 * something was written here: what other replicas write, they tell themselves.
 */
final class Changes {

  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private static final long INTERVAL_MS = 250;
  private static final int MAX_TASKS = 512;

  private static final String SINCE =
      """
      SELECT t.task_index, t.status, t.answered, t.updated_at, p.name
      FROM task t LEFT JOIN participant p
        ON p.id = t.participant AND p.listed = 1 AND t.status IN (1, 2)
      WHERE t.copy = 0 AND t.updated_at >= ? ORDER BY t.updated_at LIMIT ?\
      """;

  /** No task has changed yet. */
  private static final long NEVER = -1;

  private final Vertx vertx;
  private final Database database;
  private final Progress progress;
  private final Consumer<CensusChanged> listener;
  private final AtomicBoolean written = new AtomicBoolean();
  private final long timer;
  private final CommitHorizon horizon;
  private boolean reading;

  /** Changes before this time are published or known to readers. */
  private long from = NEVER;

  /** Of the tasks that changed since then, the published ones: when they changed. */
  private final Map<Integer, Long> told = new HashMap<>();

  /**
   * Readers read the ledger when more changed than an event lists. They miss changes until this
   * time that commit later; {@link #NEVER} when there is nothing of that kind.
   */
  private long missedUntil = NEVER;

  private record Changed(CensusChanged.Task task, long updatedAt) {}

  /**
   * What a look found.
   *
   * @param from where the next look begins
   * @param settled whether all that readers may have missed is there
   */
  private record Look(List<Changed> changed, CensusChanged event, long from, boolean settled) {}

  Changes(
      Vertx vertx,
      Database database,
      Progress progress,
      Dialect dialect,
      Consumer<CensusChanged> listener) {
    this.vertx = vertx;
    this.database = database;
    this.progress = progress;
    this.horizon = new CommitHorizon(dialect);
    this.listener = listener;
    this.timer = vertx.setPeriodic(INTERVAL_MS, _ -> tell());
  }

  /** Something was written. Any thread may call it. */
  void onWrite() {
    written.set(true);
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  private void tell() {
    if (reading || !written.compareAndSet(true, false)) {
      return;
    }
    reading = true;
    Future<Look> look = database.read(this::look);
    look.onComplete(read -> {
      reading = false;
      if (read.failed()) {
        LOG.debug("changes of the census cannot be told now", read.cause());
        written.set(true);
      } else {
        Look found = read.result();
        note(found);
        if (!found.changed.isEmpty() || found.event.more()) {
          listener.accept(found.event);
        }
      }
    });
  }

  private Look look(Session session) {
    // Before the changes, which then has all that are older.
    long settledUntil = horizon.of(session);
    long since = from == NEVER ? startOf(session) : from;
    List<Changed> found =
        session.query(
            SINCE,
            row ->
                new Changed(
                    new CensusChanged.Task(
                        row.getInt("task_index"),
                        TaskStatus.of(row.getInt("status")),
                        Rows.intOrNull(row, "answered"),
                        row.getString("name")),
                    row.getLong("updated_at")),
            since,
            MAX_TASKS + told.size() + 1);
    List<Changed> changed =
        found.stream()
            .filter(one -> !Long.valueOf(one.updatedAt).equals(told.get(one.task.index())))
            .toList();
    boolean tooMany = changed.size() > MAX_TASKS;
    boolean settled = missedUntil != NEVER && settledUntil > missedUntil;
    List<Changed> shown = tooMany ? changed.subList(0, MAX_TASKS) : changed;
    return new Look(
        changed,
        new CensusChanged(
            shown.stream().map(Changed::task).toList(), tooMany || settled, progress.get(session)),
        tooMany ? startOf(session) + 1 : Math.max(since, settledUntil),
        settled);
  }

  /** The newest change that there is: what came before is no news. */
  private static long startOf(Session session) {
    return session
        .queryOne(
            "SELECT COALESCE(max(updated_at), 0) AS newest FROM task", row -> row.getLong("newest"))
        .orElseThrow();
  }

  private void note(Look look) {
    from = look.from;
    if (look.changed.size() > MAX_TASKS) {
      // Readers read the ledger then; events one by one would never catch up.
      told.clear();
      missedUntil = from;
    } else {
      look.changed.forEach(one -> told.put(one.task.index(), one.updatedAt));
      told.values().removeIf(updatedAt -> updatedAt < from);
      if (look.settled) {
        missedUntil = NEVER;
      }
    }
    if (missedUntil != NEVER) {
      written.set(true); // to look again, until all is there
    }
  }
}
