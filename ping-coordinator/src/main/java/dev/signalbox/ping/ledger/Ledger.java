package dev.signalbox.ping.ledger;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.CensusChanged;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.CompareRoundsReply;
import dev.signalbox.contracts.ping.CompareRoundsRequest;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetTaskRequest;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListInProgressReply;
import dev.signalbox.contracts.ping.ListOptOutsReply;
import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.ListRoundsReply;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.ReadBlocksRequest;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RemoveOptOutReply;
import dev.signalbox.contracts.ping.RemoveOptOutRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.StartRoundReply;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SummariseRoundReply;
import dev.signalbox.contracts.ping.SummariseRoundRequest;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.ping.ledger.Submissions.Submission;
import dev.signalbox.ping.map.MapStorage;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of the census. Every future completes after what it says is on disk; any number of
 * ledgers may share one database.
 */
public final class Ledger {

  /** The schema of the ledger's database. */
  public static final String SCHEMA = "ping";

  /**
   * How long a replica that starts waits for another that fills the ledger, which may take longer
   * than a statement may wait. Half of the time that a process has to start.
   */
  private static final Duration FILLED_WITHIN = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Vertx vertx;
  private final Database database;
  private final Dialect dialect;
  private final Leases leases;
  private final RepeatableLeases repeatableLeases;
  private final Submissions submissions;
  private final Results results;
  private final Exports exports;
  private final Tasks tasks;
  private final Rounds rounds;
  private final OptOuts optOuts;
  private final Leaderboard leaderboard;
  private final Faults faults;
  private final Progress progress;
  private final Sweep sweep;
  private volatile @Nullable Changes changes;

  private Ledger(Vertx vertx, Database database, LedgerSettings settings, Dialect dialect) {
    this.vertx = vertx;
    this.database = database;
    this.dialect = dialect;
    this.faults = new Faults(dialect);
    RandomGenerator random = new SecureRandom(); // who can foresee checks can cheat between them
    Participants participants = new Participants(settings.contributors(), dialect);
    Checks checks = new Checks(settings.contributors(), dialect, faults, random);
    this.optOuts = new OptOuts(settings, dialect);
    this.leases = new Leases(settings, dialect, faults, participants, optOuts, random);
    this.repeatableLeases = new RepeatableLeases(leases, InstantSource.system());
    this.submissions = new Submissions(dialect, faults, participants, checks, optOuts);
    this.results = new Results(settings, optOuts);
    this.exports = new Exports(optOuts);
    this.rounds = new Rounds(dialect, optOuts);
    this.leaderboard =
        new Leaderboard(database, new Contributors(InstantSource.system()), Ticker.systemTicker());
    this.tasks = new Tasks(settings, dialect, faults);
    this.progress = new Progress(dialect);
    this.sweep = new Sweep(vertx, database, leases, checks, faults, settings, this::wrote);
  }

  private Ledger(Ledger all, TraceContext trace) {
    this.vertx = all.vertx;
    this.database = all.database.traced(trace);
    this.dialect = all.dialect;
    this.faults = all.faults;
    this.optOuts = all.optOuts;
    this.leases = all.leases;
    this.repeatableLeases = all.repeatableLeases;
    this.submissions = all.submissions;
    this.results = all.results;
    this.exports = all.exports;
    this.rounds = all.rounds;
    this.leaderboard = all.leaderboard.traced(trace);
    this.tasks = all.tasks;
    this.progress = all.progress;
    this.sweep = all.sweep;
    this.changes = all.changes;
  }

  /** The same ledger for the work of one request, whose trace this is; null when not traced. */
  public Ledger traced(@Nullable TraceContext trace) {
    return trace == null ? this : new Ledger(this, trace);
  }

  /**
   * Opens the ledger in a database of schema {@link #SCHEMA}, filling it when it is new.
   *
   * @param database stays the caller's to close, after the ledger
   */
  public static Future<Ledger> open(Vertx vertx, Database database, LedgerSettings settings) {
    Dialect dialect = Dialect.of(database.engine());
    Filling filling = new Filling(settings, dialect);
    return database
        .patiently(
            FILLED_WITHIN,
            () ->
                database.write(session -> {
                  filling.fold(session);
                  return filling.fill(session);
                }))
        .map(content -> {
          if (!content.equals(filling.content())) {
            LOG.warn(
                "The ledger keeps the tasks it was filled with ({}); the settings now ask for {}",
                content,
                filling.content());
          }
          Ledger ledger = new Ledger(vertx, database, settings, dialect);
          ledger.sweep.start();
          return ledger;
        });
  }

  /** What the map shows of the ledger. */
  public MapStorage mapStorage() {
    return new MapBlocks(database, optOuts, dialect);
  }

  /**
   * Gives a listener the changes, on the calling event loop, at most four times a second.
   *
   * @param listener called until the ledger is closed
   */
  public void onChange(Consumer<CensusChanged> listener) {
    changes = new Changes(vertx, database, progress, dialect, listener);
  }

  /** Stops looking for ended leases. */
  public Future<Void> close() {
    Changes told = changes;
    if (told != null) {
      told.close();
    }
    return sweep.close();
  }

  /** Publishes what a write changes. */
  private <T> Future<T> telling(Future<T> write) {
    return write.onSuccess(_ -> wrote());
  }

  private void wrote() {
    Changes told = changes;
    if (told != null) {
      told.onWrite();
    }
  }

  public Future<LeaseTasksReply> lease(LeaseTasksRequest request) {
    String lockKey = Participants.lockKey(request);
    return telling(
        request.idempotencyKey() == null
            ? database.write(lockKey, session -> repeatableLeases.lease(session, request))
            : database.writeRepeatable(
                lockKey, session -> repeatableLeases.lease(session, request)));
  }

  public Future<RenewLeaseReply> renew(RenewLeaseRequest request) {
    return LeaseToken.isId(request.leaseId())
        ? database.writeRepeatable(session -> leases.renew(session, request))
        : Future.succeededFuture(new RenewLeaseReply.Lost());
  }

  public Future<ReleaseLeaseReply> release(ReleaseLeaseRequest request) {
    return LeaseToken.isId(request.leaseId())
        ? telling(database.writeRepeatable(session -> leases.release(session, request)))
        : Future.succeededFuture(new ReleaseLeaseReply(0));
  }

  public Future<SubmitResultReply> submit(SubmitResultRequest request) {
    int taskIndex = (int) request.taskIndex();
    if (taskIndex < 0 || taskIndex != request.taskIndex()) {
      return Future.succeededFuture(new SubmitResultReply.UnknownTask());
    }
    // Reading and packing up to 64 KiB is too long for an event loop and would hold the writer up.
    return vertx
        .executeBlocking(() -> Submission.of(taskIndex, request), false)
        .map(Objects::requireNonNull)
        .compose(submission ->
            telling(
                database.writeRepeatable(
                    Submissions.lockKey(taskIndex),
                    session -> submissions.submit(session, submission))));
  }

  public Future<ReadResultReply> readResult(ReadResultRequest request) {
    return database.read(session -> results.read(session, request));
  }

  public Future<TaskRow> add(AddTaskRequest request) {
    return telling(database.write(session -> tasks.add(session, request)));
  }

  public Future<TaskRow> task(GetTaskRequest request) {
    return sweep
        .read(database, session -> tasks.get(session, request.index()))
        .map(found ->
            found.orElseThrow(() ->
                new ServiceException(ErrorCode.NOT_FOUND, "There is no task " + request.index())));
  }

  public Future<LatestTaskReply> latest() {
    return sweep.read(database, tasks::latest);
  }

  public Future<ListTasksReply> tasks(ListTasksRequest request) {
    return sweep.read(database, session -> tasks.list(session, request));
  }

  public Future<ListInProgressReply> inProgress() {
    return sweep.read(database, tasks::inProgress);
  }

  public Future<ReviseTaskReply> revise(ReviseTaskRequest request) {
    return telling(database.writeRepeatable(session -> tasks.revise(session, request)));
  }

  public Future<ListErrorsReply> errors(ListErrorsRequest request) {
    return sweep.read(database, session -> faults.list(session, request));
  }

  public Future<ClearErrorsReply> clearErrors(ClearErrorsRequest request) {
    return database.writeRepeatable(session -> faults.clear(session, request));
  }

  public Future<LookUpReply> lookUp(LookUpRequest request) {
    return sweep.read(database, session -> results.lookUp(session, request));
  }

  public Future<SummariseRoundReply> summary(SummariseRoundRequest request) {
    return database.read(session -> exports.summary(session, request));
  }

  public Future<ReadBlocksReply> blocks(ReadBlocksRequest request) {
    return database.read(session -> exports.blocks(session, request));
  }

  public Future<CompareRoundsReply> compare(CompareRoundsRequest request) {
    return database.read(session -> exports.compare(session, request));
  }

  public Future<ListRoundsReply> rounds() {
    return database.read(rounds::list);
  }

  public Future<StartRoundReply> startRound(StartRoundRequest request) {
    return telling(database.write(session -> rounds.start(session, request)));
  }

  public Future<ListContributorsReply> contributors(ListContributorsRequest request) {
    return leaderboard.list(request);
  }

  public Future<GetContributorReply> contributor(GetContributorRequest request) {
    return leaderboard.get(request);
  }

  public Future<GetContributorReply> changeContributor(ChangeContributorRequest request) {
    return leaderboard.change(request);
  }

  public Future<ListOptOutsReply> optOuts(ListOptOutsRequest request) {
    return database.read(session -> optOuts.list(session, request));
  }

  public Future<OptOut> addOptOut(AddOptOutRequest request) {
    return database.writeRepeatable(session -> optOuts.add(session, request));
  }

  public Future<RemoveOptOutReply> removeOptOut(RemoveOptOutRequest request) {
    return database.write(session -> optOuts.remove(session, request));
  }

  /**
   * Takes the operator's file of opt-outs as it is now.
   *
   * @return how many opt-outs were added or removed; fails with an IOException when the file cannot
   *     be read or says something else, and then nothing was changed
   */
  public Future<Integer> readOptOuts(Path file) {
    return vertx
        .executeBlocking(() -> OptOutFile.read(file), false)
        .map(Objects::requireNonNull)
        .compose(lines -> database.write(session -> optOuts.replaceFile(session, lines)));
  }

  public Future<GetProgressReply> progress() {
    return sweep.read(database, progress::get);
  }
}
