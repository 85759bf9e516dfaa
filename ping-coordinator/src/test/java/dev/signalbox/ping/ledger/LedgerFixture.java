package dev.signalbox.ping.ledger;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.GetTaskRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A database of one engine and the ledgers opened on it, one unless more are asked for. */
final class LedgerFixture implements AutoCloseable {

  /** No sweep happens by itself unless a test asks for it: what is seen is what a call did. */
  static final Duration NEVER = Duration.ofHours(1);

  static final Duration LEASE_TIME = Duration.ofMinutes(10);

  /** Nobody looks again at results, unless a test asks for it. */
  static final ContributorRules UNCHECKED = new ContributorRules(65_536, 65_536, 100, 0, 25);

  /** Where requests come from. */
  static final String CLIENT = "127.0.0.1";

  private final Vertx vertx;
  private final Path directory;
  private final StorageConfig config;
  private final Deque<Replica> replicas = new ArrayDeque<>();

  record Replica(Database database, Ledger ledger) {}

  private LedgerFixture(Vertx vertx, Path directory, StorageConfig config) {
    this.vertx = vertx;
    this.directory = directory;
    this.config = config;
  }

  static LedgerFixture of(Vertx vertx, Engine engine, Path directory) {
    return new LedgerFixture(
        vertx,
        directory,
        switch (engine) {
          case SQLITE -> StorageConfig.of(Map.of());
          case POSTGRESQL -> StorageConfig.of(TestPostgres.freshDatabase().settings());
        });
  }

  /** One of PostgreSQL with a setting of its own. */
  static LedgerFixture ofPostgres(Vertx vertx, Path directory, String key, String value) {
    Map<String, String> settings = new HashMap<>(TestPostgres.freshDatabase().settings());
    settings.put(key, value);
    return new LedgerFixture(vertx, directory, StorageConfig.of(settings));
  }

  static LedgerSettings settings(int initialTasks) {
    return new LedgerSettings(
        LEASE_TIME, NEVER, true, 0, initialTasks, 131_072, 10_000, 500, UNCHECKED);
  }

  LedgerFixture open(int initialTasks) {
    open(settings(initialTasks));
    return this;
  }

  /** Opens one more ledger on the database, as another replica would. */
  Ledger open(LedgerSettings settings) {
    Database database =
        await(Database.open(vertx, config, directory, Ledger.SCHEMA, "ping-coordinator"));
    Ledger ledger = await(Ledger.open(vertx, database, settings));
    replicas.push(new Replica(database, ledger));
    return ledger;
  }

  /** Closes the newest ledger and its database. */
  void closeNewest() {
    Replica replica = replicas.pop();
    await(replica.ledger.close());
    await(replica.database.close());
  }

  /** The newest ledger. */
  Ledger ledger() {
    return replicas.getFirst().ledger;
  }

  Database database() {
    return replicas.getFirst().database;
  }

  /** The database of the oldest ledger. */
  Database otherDatabase() {
    return replicas.getLast().database;
  }

  StorageConfig config() {
    return config;
  }

  Vertx vertx() {
    return vertx;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(20, SECONDS)) {
        throw new AssertionError("nothing came within 20 s");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Leased lease(int count, Order order) {
    return (Leased) tryLease(count, order);
  }

  LeaseTasksReply tryLease(int count, Order order) {
    return await(
        ledger()
            .lease(
                new LeaseTasksRequest(
                    "worker", null, null, count, order, null, null, null, CLIENT)));
  }

  /** A lease of one task for a contributor, with the key that they have from an earlier one. */
  LeaseTasksReply leaseAs(String name, @Nullable String key, String client) {
    return await(
        ledger()
            .lease(
                new LeaseTasksRequest(
                    "worker", name, null, 1, Order.SPREAD, null, key, true, client)));
  }

  static List<Integer> indices(Leased leased) {
    return leased.tasks().stream().map(LeasedTask::taskIndex).toList();
  }

  SubmitResultReply submit(long index, @Nullable String token, Format format, byte[] data) {
    return await(
        ledger()
            .submit(new SubmitResultRequest(index, token, format, new Binary(data), null, CLIENT)));
  }

  SubmitResultReply submitText(long index, String text) {
    return submitText(index, null, text);
  }

  SubmitResultReply submitText(long index, @Nullable String token, String text) {
    return submit(index, token, Format.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Hands a task out as the classic face does, and hands its result in. */
  SubmitResultReply handIn(int index, String text) {
    await(
        database()
            .write(session -> {
              session.update(
                  "INSERT INTO participant (address, created_at, last_seen) VALUES (?, 0, 0)"
                      + " ON CONFLICT DO NOTHING",
                  CLIENT);
              return session.update(
                  "UPDATE task SET classic = 1, participant ="
                      + " (SELECT id FROM participant WHERE address = ?) WHERE task_index = ?",
                  CLIENT,
                  index);
            }));
    return submitText(index, text);
  }

  /** A text in which the first addresses answered. */
  static String text(int answered) {
    return "1".repeat(answered) + "0".repeat(65_536 - answered);
  }

  TaskRow task(int index) {
    return await(ledger().task(new GetTaskRequest(index)));
  }

  TaskRow add(TaskStatus status) {
    return await(ledger().add(new AddTaskRequest(status)));
  }

  ReviseTaskReply revise(int index, TaskStatus status, boolean force) {
    return await(ledger().revise(new ReviseTaskRequest(index, status, force)));
  }

  List<TaskFault> errors() {
    return await(ledger().errors(new ListErrorsRequest(0, 10_000))).errors();
  }

  /** Whether a transaction waits for another; of PostgreSQL alone. */
  boolean somebodyWaitsForALock() {
    return waitingForALock().isPresent();
  }

  /** Which statement waits for a lock, if one does: another each time one is executed. */
  Optional<String> waitingForALock() {
    return await(
        database()
            .read(session ->
                session.queryOne(
                    """
                    SELECT pid || ' ' || query_start AS waiting FROM pg_stat_activity
                    WHERE wait_event_type = 'Lock' AND datname = current_database()
                    ORDER BY query_start LIMIT 1\
                    """,
                    row -> row.getString("waiting"))));
  }

  /** Makes as if the time of every lease were over. */
  void endLeases() {
    await(
        database()
            .write(session ->
                session.update("UPDATE task SET expires_at = 1 WHERE expires_at IS NOT NULL")));
  }

  /** Gives every task a status in one write, of which the ledger learns at its next one. */
  void changeAll(TaskStatus status) {
    long now = System.currentTimeMillis();
    await(
        database()
            .write(session ->
                session.update("UPDATE task SET status = ?, updated_at = ?", status.code(), now)));
  }

  @Override
  public void close() {
    while (!replicas.isEmpty()) {
      closeNewest();
    }
  }
}
