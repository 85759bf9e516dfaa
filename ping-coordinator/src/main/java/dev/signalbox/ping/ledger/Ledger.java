package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetTaskRequest;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListInProgressReply;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.ping.ledger.Submissions.Submission;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of the census. Every future completes after what it says is on disk; any number of
 * ledgers may share one database.
 */
public final class Ledger {

  /** The schema of the ledger's database. */
  public static final String SCHEMA = "ping";

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Vertx vertx;
  private final Database database;
  private final Leases leases;
  private final RepeatableLeases repeatableLeases;
  private final Submissions submissions;
  private final Tasks tasks;
  private final Faults faults;
  private final Progress progress;
  private final Sweep sweep;

  private Ledger(Vertx vertx, Database database, LedgerSettings settings, Dialect dialect) {
    this.vertx = vertx;
    this.database = database;
    this.faults = new Faults(dialect);
    this.leases = new Leases(settings, dialect, faults);
    this.repeatableLeases = new RepeatableLeases(leases, InstantSource.system());
    this.submissions = new Submissions(dialect, faults);
    this.tasks = new Tasks(settings, dialect, faults);
    this.progress = new Progress(dialect);
    this.sweep = new Sweep(vertx, database, leases, faults, settings);
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
        .write(session -> {
          filling.fold(session);
          return filling.fill(session);
        })
        .map(content -> {
          if (!content.equals(filling.content())) {
            LOG.warn(
                "The ledger keeps the tasks it was filled with ({}); the settings now say {}",
                content,
                filling.content());
          }
          Ledger ledger = new Ledger(vertx, database, settings, dialect);
          ledger.sweep.start();
          return ledger;
        });
  }

  /** Stops looking for ended leases. */
  public Future<Void> close() {
    return sweep.close();
  }

  public Future<LeaseTasksReply> lease(LeaseTasksRequest request) {
    return request.idempotencyKey() == null
        ? database.write(session -> repeatableLeases.lease(session, request))
        : database.writeRepeatable(session -> repeatableLeases.lease(session, request));
  }

  public Future<RenewLeaseReply> renew(RenewLeaseRequest request) {
    return LeaseToken.isId(request.leaseId())
        ? database.writeRepeatable(session -> leases.renew(session, request))
        : Future.succeededFuture(new RenewLeaseReply.Lost());
  }

  public Future<ReleaseLeaseReply> release(ReleaseLeaseRequest request) {
    return LeaseToken.isId(request.leaseId())
        ? database.writeRepeatable(session -> leases.release(session, request))
        : Future.succeededFuture(new ReleaseLeaseReply(0));
  }

  public Future<SubmitResultReply> submit(SubmitResultRequest request) {
    int taskIndex = (int) request.taskIndex();
    if (taskIndex < 0 || taskIndex != request.taskIndex()) {
      return Future.succeededFuture(new SubmitResultReply.UnknownTask());
    }
    // Reading and packing up to 64 KiB is too long for an event loop and would hold the writer up.
    return vertx
        .executeBlocking(
            () ->
                Submission.of(
                    taskIndex,
                    request.leaseToken(),
                    CensusResult.read(request.format(), request.data().bytes())),
            false)
        .map(Objects::requireNonNull)
        .compose(submission ->
            database.writeRepeatable(session -> submissions.submit(session, submission)));
  }

  public Future<ReadResultReply> readResult(ReadResultRequest request) {
    return database.read(session -> submissions.read(session, request));
  }

  public Future<TaskRow> add(AddTaskRequest request) {
    return database.write(session -> tasks.add(session, request));
  }

  public Future<TaskRow> task(GetTaskRequest request) {
    return sweep
        .read(session -> tasks.get(session, request.index()))
        .map(found ->
            found.orElseThrow(() ->
                new ServiceException(ErrorCode.NOT_FOUND, "There is no task " + request.index())));
  }

  public Future<LatestTaskReply> latest() {
    return sweep.read(tasks::latest);
  }

  public Future<ListTasksReply> tasks(ListTasksRequest request) {
    return sweep.read(session -> tasks.list(session, request));
  }

  public Future<ListInProgressReply> inProgress() {
    return sweep.read(tasks::inProgress);
  }

  public Future<ReviseTaskReply> revise(ReviseTaskRequest request) {
    return database.writeRepeatable(session -> tasks.revise(session, request));
  }

  public Future<ListErrorsReply> errors(ListErrorsRequest request) {
    return sweep.read(session -> faults.list(session, request));
  }

  public Future<ClearErrorsReply> clearErrors(ClearErrorsRequest request) {
    return database.writeRepeatable(session -> faults.clear(session, request));
  }

  public Future<GetProgressReply> progress() {
    return sweep.read(progress::get);
  }
}
