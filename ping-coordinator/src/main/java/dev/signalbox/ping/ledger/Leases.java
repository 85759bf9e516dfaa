package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyLeased;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyNames;
import dev.signalbox.contracts.ping.LeaseTasksReply.WrongKey;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.ping.ledger.Participants.Identity;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who may work on what until when. Every change is one conditional statement, so that two replicas
 * on one database cannot both win.
 */
final class Leases {

  /** Ends each UPDATE that takes a task from its holder. */
  static final String NOBODY =
      "lease_id = NULL, token_hash = NULL, classic = 0, worker = NULL, participant = NULL,"
          + " expires_at = NULL, share = NULL, answered = NULL";

  static final int EXPIRE_AT_ONCE = 500;

  /** Of the copies that wait, so many are looked at for one that the worker may have. */
  private static final int COPIES_LOOKED_AT = 256;

  /** How many tasks a worker gets: as asked for, but no more than it may hold in all. */
  private static final String ROOM =
      " {least}(?, {greatest}(0, ? - "
          + "(SELECT count(*) FROM task WHERE participant = ? AND status = 1)))";

  private static final String TAKE =
      """

      UPDATE task SET status = 1, lease_id = ?, token_hash = ?, classic = ?, worker = ?,
        participant = ?, expires_at = {now} + ?, share = NULL, answered = NULL, updated_at = {now}
      WHERE (task_index, copy) IN (SELECT task_index, copy FROM pick)
      RETURNING task_index, expires_at,
        (SELECT version FROM opt_out_version) AS opt_out_version\
      """;

  private final LedgerSettings settings;
  private final Faults faults;
  private final Participants participants;
  private final OptOuts optOuts;
  private final RandomGenerator random;
  private final String takeLowest;
  private final String takeSpread;
  private final String held;
  private final String renew;
  private final String share;
  private final String release;
  private final String due;
  private final String expire;

  Leases(
      LedgerSettings settings,
      Dialect dialect,
      Faults faults,
      Participants participants,
      OptOuts optOuts,
      RandomGenerator random) {
    this.settings = settings;
    this.faults = faults;
    this.participants = participants;
    this.optOuts = optOuts;
    this.random = random;
    // A classic client cannot learn what to leave out, so it gets no block that opt-outs meet.
    takeLowest =
        dialect.sql(
            """
            WITH pick AS (
              SELECT task_index, copy FROM task {index task_by_status}
              WHERE status = 0 AND copy = 0 AND task_index < 65536
                AND NOT EXISTS (
                  SELECT 1 FROM opt_out o
                  WHERE o.first_address < (CAST(task.task_index AS BIGINT) + 1) * 65536
                    AND o.last_address >= CAST(task.task_index AS BIGINT) * 65536)
              ORDER BY task_index LIMIT\
            """
                + ROOM
                + "{lock-free})"
                + TAKE);
    // What others have done is looked at again before anything new is begun.
    takeSpread =
        dialect.sql(
            """
            WITH pick AS (
              SELECT task_index, copy FROM (
                SELECT waiting.task_index, waiting.copy FROM (
                  SELECT task_index, copy FROM (
                    SELECT task_index, copy FROM task {index task_copies}
                    WHERE status = 0 AND copy > 0 AND spread >= ?
                    ORDER BY spread LIMIT ?{lock-free}) AS above
                  UNION ALL
                  SELECT task_index, copy FROM (
                    SELECT task_index, copy FROM task {index task_copies}
                    WHERE status = 0 AND copy > 0 AND spread < ?
                    ORDER BY spread LIMIT ?{lock-free}) AS below) AS waiting
                WHERE NOT EXISTS (
                  SELECT 1 FROM result r
                  WHERE r.round = (SELECT max(id) FROM round)
                    AND r.task_index = waiting.task_index AND r.participant = ?)
                LIMIT ?) AS again
              UNION ALL
              SELECT task_index, copy FROM (
                SELECT task_index, copy FROM task {index task_by_spread}
                WHERE status = 0 AND copy = 0 AND spread IS NOT NULL
                ORDER BY spread LIMIT ?{lock-free}) AS fresh
              LIMIT\
            """
                + ROOM
                + ")"
                + TAKE);
    held = "SELECT count(*) AS held FROM task WHERE participant = ? AND status = 1";
    renew =
        dialect.sql(
            """
            UPDATE task SET expires_at = {now} + ?
            WHERE lease_id = ? AND status = 1 AND expires_at > {now}
            RETURNING task_index, expires_at,
              (SELECT version FROM opt_out_version) AS opt_out_version\
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
              SELECT task_index, copy FROM task {index task_by_expiry}
              WHERE status = 1 AND expires_at IS NOT NULL AND expires_at <= {now}
              ORDER BY expires_at LIMIT ?{lock-free})
            UPDATE task SET status = 0, updated_at = {now}, lease_id = NULL, expires_at = NULL,
              share = NULL
            WHERE (task_index, copy) IN (SELECT task_index, copy FROM gone)
            RETURNING task_index, copy\
            """);
  }

  LeaseTasksReply lease(Session session, LeaseTasksRequest request) {
    return switch (participants.identify(session, request)) {
      case Identity.WrongKey() -> new WrongKey();
      case Identity.TooManyNames() ->
          new TooManyNames(settings.contributors().newNamesPerAddress());
      case Identity.Known known -> lease(session, request, known);
    };
  }

  private LeaseTasksReply lease(Session session, LeaseTasksRequest request, Identity.Known known) {
    LeaseTasksReply reply = take(session, request, known);
    // Ended leases are swept every so often; a worker who gets nothing need not wait for that.
    return !(reply instanceof Leased) && expire(session) > 0
        ? take(session, request, known)
        : reply;
  }

  private LeaseTasksReply take(Session session, LeaseTasksRequest request, Identity.Known known) {
    LeaseToken token = LeaseToken.random();
    boolean classic = request.order() == Order.LOWEST;
    List<@Nullable Object> arguments = new ArrayList<>();
    if (!classic) {
      // From anywhere on: the first that wait may all be copies of what this worker did.
      int from = random.nextInt(Block.COUNT);
      arguments.addAll(
          List.of(
              from,
              COPIES_LOOKED_AT,
              from,
              COPIES_LOOKED_AT,
              known.id(),
              request.count(),
              request.count()));
    }
    arguments.addAll(List.of(request.count(), known.maxLeased(), known.id()));
    arguments.addAll(
        Arrays.asList(
            token.leaseId(),
            token.hash(),
            classic ? 1 : 0,
            request.worker(),
            known.id(),
            settings.leaseTime().toMillis()));
    List<Taken> taken = take(session, classic ? takeLowest : takeSpread, arguments.toArray());
    if (taken.isEmpty()) {
      int tasks = session.queryOne(held, row -> row.getInt("held"), known.id()).orElseThrow();
      return tasks >= known.maxLeased()
          ? new TooManyLeased(known.maxLeased())
          : new NoneAvailable();
    }
    Exclusions exclusions = optOuts.exclusions(session, taken.getFirst().optOutVersion);
    List<LeasedTask> tasks =
        taken.stream()
            .map(Taken::block)
            .sorted(
                request.order() == Order.LOWEST
                    ? Comparator.comparingInt(Block::index)
                    : Comparator.comparingInt(Block::spread))
            .map(block -> leased(block, exclusions))
            .toList();
    return new Leased(
        token.leaseId(),
        token.token(),
        taken.getFirst().expiresAt,
        tasks,
        settings.maxRatePps(),
        false,
        known.newKey());
  }

  /**
   * Takes tasks with a statement. Blocks that opt-outs leave nothing of are withdrawn instead: they
   * may have become tasks again, by a new round or by hand, since the opt-out withdrew them.
   */
  private List<Taken> take(Session session, String sql, @Nullable Object[] arguments) {
    while (true) {
      List<Taken> taken = session.query(sql, Taken::of, arguments);
      if (taken.isEmpty()) {
        return taken;
      }
      Exclusions exclusions = optOuts.exclusions(session, taken.getFirst().optOutVersion);
      List<AddressRange> leftOut =
          taken.stream()
              .map(task -> AddressRange.of(task.block))
              .filter(exclusions::cover)
              .toList();
      if (leftOut.isEmpty()) {
        return taken;
      }
      optOuts.withdraw(session, leftOut);
      if (leftOut.size() < taken.size()) {
        return taken.stream()
            .filter(task -> !exclusions.cover(AddressRange.of(task.block)))
            .toList();
      }
    }
  }

  RenewLeaseReply renew(Session session, RenewLeaseRequest request) {
    List<Taken> kept =
        session.query(renew, Taken::of, settings.leaseTime().toMillis(), request.leaseId());
    if (kept.isEmpty()) {
      return new RenewLeaseReply.Lost();
    }
    for (Map.Entry<Integer, Double> done : request.done().entrySet()) {
      session.update(share, done.getValue(), done.getKey(), request.leaseId());
    }
    Exclusions exclusions = optOuts.exclusions(session, kept.getFirst().optOutVersion);
    return new RenewLeaseReply.Renewed(
        kept.getFirst().expiresAt,
        kept.stream()
            .map(Taken::block)
            .sorted(Comparator.comparingInt(Block::index))
            .map(block -> leased(block, exclusions))
            .toList());
  }

  private static LeasedTask leased(Block block, Exclusions exclusions) {
    return new LeasedTask(block.index(), block.network(), exclusions.networks(block));
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
    int[] ended = new int[1];
    List<Integer> tasks = new ArrayList<>();
    session.scan(
        expire,
        row -> {
          ended[0]++;
          if (row.getInt("copy") == 0) {
            tasks.add(row.getInt("task_index"));
          }
          return true;
        },
        EXPIRE_AT_ONCE);
    for (int taskIndex : tasks) {
      faults.note(session, taskIndex, Faults.TIMED_OUT);
    }
    return ended[0];
  }

  private record Taken(Block block, long expiresAt, long optOutVersion) {

    static Taken of(ResultSet row) throws SQLException {
      return new Taken(
          new Block(row.getInt("task_index")),
          row.getLong("expires_at"),
          row.getLong("opt_out_version"));
    }
  }
}
