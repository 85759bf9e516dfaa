package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.storage.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Who may work on what until when. Every change is one conditional statement, so that two replicas
 * on one database cannot both win.
 */
final class Leases {

  /** Ends each UPDATE that takes a task from its holder. */
  static final String NOBODY =
      "lease_id = NULL, token_hash = NULL, worker = NULL, contributor = NULL, team = NULL,"
          + " expires_at = NULL, share = NULL, answered = NULL";

  static final int EXPIRE_AT_ONCE = 500;

  private final LedgerSettings settings;
  private final Faults faults;
  private final String takeLowest;
  private final String takeSpread;
  private final String renew;
  private final String share;
  private final String release;
  private final String due;
  private final String expire;

  Leases(LedgerSettings settings, Dialect dialect, Faults faults) {
    this.settings = settings;
    this.faults = faults;
    takeLowest = dialect.sql(take("task_by_status", "status = 0", "task_index"));
    takeSpread = dialect.sql(take("task_by_spread", "status = 0 AND spread IS NOT NULL", "spread"));
    renew =
        dialect.sql(
            """
            UPDATE task SET expires_at = {now} + ?
            WHERE lease_id = ? AND status = 1 AND expires_at > {now}
            RETURNING expires_at\
            """);
    share = "UPDATE task SET share = ? WHERE task_index = ? AND lease_id = ?";
    release =
        dialect.sql(
            "UPDATE task SET status = 0, updated_at = {now}, "
                + NOBODY
                + " WHERE lease_id = ? AND status = 1 AND expires_at > {now}");
    due =
        dialect.sql(
            """
            SELECT 1 AS due FROM task {index task_by_expiry}
            WHERE status = 1 AND expires_at IS NOT NULL AND expires_at <= {now} LIMIT 1\
            """);
    expire =
        dialect.sql(
            """
            WITH gone AS (
              SELECT task_index FROM task {index task_by_expiry}
              WHERE status = 1 AND expires_at IS NOT NULL AND expires_at <= {now}
              ORDER BY expires_at LIMIT ?{lock-free})
            """
                + "UPDATE task SET status = 0, updated_at = {now}, "
                + NOBODY
                + " WHERE task_index IN (SELECT task_index FROM gone) RETURNING task_index");
  }

  LeaseTasksReply lease(Session session, LeaseTasksRequest request) {
    LeaseTasksReply reply = take(session, request);
    // Ended leases are swept every so often; a worker who finds nothing need not wait for that.
    return reply instanceof NoneAvailable && expire(session) > 0 ? take(session, request) : reply;
  }

  private LeaseTasksReply take(Session session, LeaseTasksRequest request) {
    LeaseToken token = LeaseToken.random();
    List<Taken> taken =
        session.query(
            request.order() == Order.LOWEST ? takeLowest : takeSpread,
            row -> new Taken(new Block(row.getInt("task_index")), row.getLong("expires_at")),
            request.count(),
            token.leaseId(),
            token.hash(),
            request.worker(),
            request.contributor(),
            request.team(),
            settings.leaseTime().toMillis());
    if (taken.isEmpty()) {
      return new NoneAvailable();
    }
    List<LeasedTask> tasks =
        taken.stream()
            .map(Taken::block)
            .sorted(
                request.order() == Order.LOWEST
                    ? Comparator.comparingInt(Block::index)
                    : Comparator.comparingInt(Block::spread))
            .map(this::leased)
            .toList();
    return new Leased(
        token.leaseId(),
        token.token(),
        taken.getFirst().expiresAt,
        tasks,
        settings.maxRatePps(),
        false);
  }

  private LeasedTask leased(Block block) {
    return new LeasedTask(
        block.index(), block.network(), block.exclude(settings.includeSpecialPurpose()));
  }

  RenewLeaseReply renew(Session session, RenewLeaseRequest request) {
    List<Long> ends =
        session.query(
            renew,
            row -> row.getLong("expires_at"),
            settings.leaseTime().toMillis(),
            request.leaseId());
    if (ends.isEmpty()) {
      return new RenewLeaseReply.Lost();
    }
    for (Map.Entry<Integer, Double> done : request.done().entrySet()) {
      session.update(share, done.getValue(), done.getKey(), request.leaseId());
    }
    return new RenewLeaseReply.Renewed(ends.getFirst());
  }

  ReleaseLeaseReply release(Session session, ReleaseLeaseRequest request) {
    return new ReleaseLeaseReply(session.update(release, request.leaseId()));
  }

  /** Whether a lease has ended that is not yet marked so. */
  boolean due(Session session) {
    return session.queryOne(due, row -> row.getInt("due")).isPresent();
  }

  /**
   * Takes the tasks of ended leases back, some at a time; how many. A task another replica is busy
   * with is left to it.
   */
  int expire(Session session) {
    List<Integer> gone = session.query(expire, row -> row.getInt("task_index"), EXPIRE_AT_ONCE);
    for (int taskIndex : gone) {
      faults.note(session, taskIndex, Faults.TIMED_OUT);
    }
    return gone.size();
  }

  private static String take(String index, String available, String order) {
    return """
    WITH pick AS (
      SELECT task_index FROM task {index %s} WHERE %s ORDER BY %s LIMIT ?{lock-free})
    UPDATE task SET status = 1, lease_id = ?, token_hash = ?, worker = ?, contributor = ?,
      team = ?, expires_at = {now} + ?, share = NULL, answered = NULL, updated_at = {now}
    WHERE task_index IN (SELECT task_index FROM pick)
    RETURNING task_index, expires_at\
    """
        .formatted(index, available, order);
  }

  private record Taken(Block block, long expiresAt) {}
}
