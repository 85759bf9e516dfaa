package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.disk.PrivateFiles;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.SharedState;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.storage.StorageErrors.Use;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service's durable state.
 *
 * <p>Futures complete on the Vert.x context of the caller. Every failure is a {@link
 * ServiceException}, save those a work throws itself: OVERLOADED when too many works wait, TIMEOUT
 * when one waited too long and was not run, STORAGE_UNAVAILABLE when the database cannot be reached
 * or has no room, STORAGE when it refused a statement, STOPPING once closed.
 */
public final class Database {

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final long PROBE_MS = 500;

  /** Changes nothing, and connects the writer. */
  private static final String FIRST_WRITE = "UPDATE database_identity SET identity = identity";

  /** A use that failed so may succeed a moment later; connecting may take all its time. */
  private static final Set<ErrorCode> PASSING =
      Set.of(ErrorCode.STORAGE_UNAVAILABLE, ErrorCode.TIMEOUT);

  /** How long a service that starts waits for its database; a process has two minutes to start. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(90);

  private final Vertx vertx;
  private final StorageConfig config;
  private final Connector connector;
  private final String identity;
  private final String schema;
  private final StorageErrors errors;
  private final StorageMetrics metrics;
  private final WorkQueue writeQueue;
  private final WorkQueue readQueue;
  private final CommitWriter writer;
  private final List<Thread> threads;
  private final AtomicBoolean closing;
  private final Promise<Void> closed;
  private final @Nullable TraceContext trace;

  private Database(
      Vertx vertx,
      StorageConfig config,
      Connector connector,
      String service,
      String schema,
      String identity,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.schema = schema;
    this.threads = new ArrayList<>();
    this.closing = new AtomicBoolean();
    this.closed = Promise.promise();
    this.trace = null;
    this.config = config;
    this.connector = connector;
    this.identity = identity;
    this.errors = new StorageErrors(connector, service);
    Pending<?> end =
        new Pending<@Nullable Void>(
            session -> null, "", vertx.getOrCreateContext(), 0, false, null);
    this.writeQueue = new WorkQueue(config.writeQueue(), "writes", end);
    this.readQueue = new WorkQueue(config.readQueue(), "reads", end);
    this.metrics = new StorageMetrics(registry, service);
    this.writer = new CommitWriter(writeQueue, connector, errors, metrics, config.maxBatch());
  }

  private Database(Database all, TraceContext trace) {
    this.vertx = all.vertx;
    this.config = all.config;
    this.connector = all.connector;
    this.identity = all.identity;
    this.schema = all.schema;
    this.errors = all.errors;
    this.metrics = all.metrics;
    this.writeQueue = all.writeQueue;
    this.readQueue = all.readQueue;
    this.writer = all.writer;
    this.threads = all.threads;
    this.closing = all.closing;
    this.closed = all.closed;
    this.trace = trace;
  }

  /**
   * The same database for the work of one request, each of whose reads and writes is a span.
   *
   * @param ofRequest what the work is part of; null when nothing is traced
   */
  public Database traced(@Nullable TraceContext ofRequest) {
    return ofRequest == null ? this : new Database(this, ofRequest);
  }

  /**
   * Opens the database of a service as the section {@link StorageConfig} says. Fails with CONFLICT
   * when another replica of the service uses another database.
   *
   * <p>Fails with {@link StartException} when a SQLite file is damaged.
   *
   * <p>A server that cannot be reached yet is waited for: it may be starting too, and a machine
   * that starts many processes at once may leave each of them without a processor for seconds.
   *
   * @param schema as {@link #open(Vertx, StorageConfig, Path, String, String)} wants it
   */
  public static Future<Database> open(ServiceContext service, String schema) {
    Start start =
        new Start(service.vertx(), service.name(), System.nanoTime() + START_PATIENCE.toNanos());
    StorageConfig config = service.config(StorageConfig.SECTION, StorageConfig.class);
    return start
        .reach(
            refused -> PASSING.contains(refused.code()),
            () ->
                open(
                    service.vertx(),
                    config,
                    service.dataDirectory(),
                    schema,
                    service.name(),
                    service.metrics()))
        .compose(database ->
            start
                .reach(database::mayPass, database::connect)
                .compose(_ -> service.shares(SharedState.DATABASE, database.identityFor(service)))
                .map(_ -> database.watched(service))
                .recover(refused -> database.close().transform(_ -> Future.failedFuture(refused))));
  }

  /**
   * Does what a start needs of the database: again until it succeeds, the time is over or the
   * failure is none that may pass. Says once in the log that the start waits.
   */
  public <T> Future<T> patiently(Duration time, Supplier<Future<T>> attempt) {
    return new Start(vertx, errors.service(), System.nanoTime() + time.toNanos())
        .reach(this::mayPass, attempt);
  }

  /** A statement that took too long may have waited for another process. */
  private boolean mayPass(ServiceException refused) {
    return PASSING.contains(refused.code()) || errors.timedOut(refused);
  }

  /** A service that starts, and until when it waits for its database. */
  private record Start(Vertx vertx, String service, long deadline) {

    <T> Future<T> reach(Predicate<ServiceException> mayPass, Supplier<Future<T>> attempt) {
      return reach(mayPass, attempt, false);
    }

    private <T> Future<T> reach(
        Predicate<ServiceException> mayPass, Supplier<Future<T>> attempt, boolean logged) {
      return attempt
          .get()
          .recover(failure -> {
            if (!(failure instanceof ServiceException refused)
                || !mayPass.test(refused)
                || System.nanoTime() - deadline > 0) {
              return Future.failedFuture(failure);
            }
            if (!logged) {
              LOG.warn("{} waits for its storage: {}", service, failure.getMessage());
            }
            return vertx
                .timer(PROBE_MS, TimeUnit.MILLISECONDS)
                .compose(_ -> reach(mayPass, attempt, true));
          });
    }
  }

  /**
   * Connects the writer and the readers to a server, so that a service's own first uses find them
   * ready. A file needs none of that, and on a full disk it can be read from.
   */
  private Future<?> connect() {
    if (engine() == Engine.SQLITE) {
      return Future.succeededFuture();
    }
    List<Future<?>> first = new ArrayList<>();
    first.add(write(session -> session.update(FIRST_WRITE)));
    for (int i = 0; i < config.readers(); i++) {
      first.add(read(session -> session.query("SELECT 1", row -> row.getInt(1))));
    }
    return Future.all(first);
  }

  /**
   * Makes the service not ready while its database cannot be used. Meanwhile it is tested, because
   * a service that is not ready may have no other calls.
   */
  private Database watched(ServiceContext service) {
    service.readyUnless(() -> available() ? null : service.name() + " cannot use its storage");
    service
        .vertx()
        .setPeriodic(
            PROBE_MS,
            timer -> {
              if (writeQueue.isClosed()) {
                service.vertx().cancelTimer(timer);
              } else if (!available()) {
                probe().onFailure(e -> LOG.debug("the database cannot be used yet", e));
              }
            });
    return this;
  }

  /** Tests what failed last: reads, writes or both. */
  Future<?> probe() {
    List<Future<?>> probes = new ArrayList<>();
    if (errors.fails(Use.READ)) {
      probes.add(read(session -> session.query("SELECT 1", row -> row.getInt(1))));
    }
    if (errors.fails(Use.WRITE)) {
      RoomProbe probe = new RoomProbe(engine());
      probes.add(write(probe::fill).compose(_ -> write(probe::clear)));
    }
    return Future.join(probes);
  }

  /** A file of SQLite may be shared within a host alone, copies of one have the same identity. */
  private String identityFor(ServiceContext service) {
    return switch (engine()) {
      case POSTGRESQL -> identity;
      case SQLITE -> identity + "@" + service.host();
    };
  }

  /**
   * Opens a database, bringing its schema up to date first. Fails with STORAGE_UNAVAILABLE when
   * PostgreSQL cannot be reached, with STORAGE when anything else is wrong with the database.
   *
   * @param dataDirectory where a SQLite file goes, created when missing; not used with PostgreSQL
   * @param schema lower-case letters, digits and {@code _}: names the SQLite file or PostgreSQL
   *     schema, and the migrations on the class path: {@code db/<schema>/common}, {@code
   *     db/<schema>/sqlite}, {@code db/<schema>/postgresql}, named as Flyway wants
   * @param service whose database it is; named in its errors
   */
  public static Future<Database> open(
      Vertx vertx, StorageConfig config, Path dataDirectory, String schema, String service) {
    // A composite of no registries: its meters do nothing.
    return open(vertx, config, dataDirectory, schema, service, new CompositeMeterRegistry());
  }

  /** As {@link #open(Vertx, StorageConfig, Path, String, String)}, with meters. */
  static Future<Database> open(
      Vertx vertx,
      StorageConfig config,
      Path dataDirectory,
      String schema,
      String service,
      MeterRegistry registry) {
    if (!schema.matches("[a-z][a-z0-9_]{0,30}")) {
      return Future.failedFuture(new IllegalArgumentException("not a schema name: " + schema));
    }
    return vertx
        .executeBlocking(
            () -> {
              Connector connector = null;
              try {
                connector = connector(config, dataDirectory, schema);
                migrate(connector, dataDirectory, schema);
                Database database =
                    new Database(
                        vertx, config, connector, service, schema, identity(connector), registry);
                database.start(schema);
                return database;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw e;
              } catch (Exception e) {
                if (config.engine() == Engine.SQLITE && SqliteConnector.damaged(e)) {
                  throw new StartException(
                      file(dataDirectory, schema)
                          + " is damaged, or no database; restore a backup of it",
                      e);
                }
                throw new ServiceException(
                    codeOf(e, connector),
                    "cannot open the database of " + schema + ": " + e.getMessage(),
                    e);
              }
            },
            false)
        .map(Objects::requireNonNull);
  }

  private static Connector connector(StorageConfig config, Path dataDirectory, String schema) {
    return switch (config.engine()) {
      case SQLITE -> new SqliteConnector(file(dataDirectory, schema), config);
      case POSTGRESQL -> new PostgresConnector(config, schema);
    };
  }

  private static Path file(Path dataDirectory, String schema) {
    return dataDirectory.resolve(schema + ".db").toAbsolutePath();
  }

  private static void migrate(Connector connector, Path dataDirectory, String schema)
      throws IOException, InterruptedException {
    Migrations migrations = new Migrations(connector, schema);
    switch (connector.engine()) {
      case SQLITE -> {
        PrivateFiles.createDirectory(dataDirectory);
        // SQLite gives its further files the same mode.
        PrivateFiles.createFile(file(dataDirectory, schema));
        migrations.runLocked(dataDirectory.resolve(schema + ".db.migration-lock"));
      }
      case POSTGRESQL -> migrations.run();
    }
  }

  /** A server that cannot be reached yet may be reached by another try, unlike a broken schema. */
  private static ErrorCode codeOf(Throwable failure, @Nullable Connector connector) {
    if (connector != null && connector.engine() == Engine.POSTGRESQL) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException refusal && connector.unavailable(refusal)) {
          return ErrorCode.STORAGE_UNAVAILABLE;
        }
      }
    }
    return ErrorCode.STORAGE;
  }

  private static String identity(Connector connector) throws SQLException {
    try (Connection connection = connector.migrationSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT identity FROM database_identity")) {
      if (!row.next()) {
        throw new SQLException("the database has no identity");
      }
      return row.getString(1);
    }
  }

  private void start(String schema) throws SQLException {
    ReadPool reads = new ReadPool(readQueue, connector, errors, config.readers());
    threads.add(thread("storage-" + schema + "-writer", writer));
    for (int i = 1; i <= config.readers(); i++) {
      threads.add(thread("storage-" + schema + "-reader-" + i, reads));
    }
    threads.forEach(Thread::start);
    metrics.show(writeQueue, readQueue, errors);
  }

  private static Thread thread(String name, Runnable life) {
    return Thread.ofPlatform().name(name).daemon().unstarted(life);
  }

  /** What tells this database from any other; made with its schema and kept for ever. */
  public String identity() {
    return identity;
  }

  /** The engine underneath. */
  public Engine engine() {
    return connector.engine();
  }

  /**
   * Writes, within the configured time.
   *
   * @return completes after the commit has reached the disk, or fails and nothing was done; with
   *     one exception: after STORAGE_UNAVAILABLE because the connection broke during the commit
   *     itself, the write may be there, which the message says
   */
  public <T extends @Nullable Object> Future<T> write(Work<T> work) {
    return write(config.writeTimeout(), work);
  }

  /**
   * Writes.
   *
   * @param timeout how long the write may wait for its turn
   * @return as {@link #write(Work)}
   */
  public <T extends @Nullable Object> Future<T> write(Duration timeout, Work<T> work) {
    return submit(writeQueue, timeout, "", work, false);
  }

  /**
   * Writes what first locks a row that replicas compete for, within the configured time.
   *
   * @param lockKey names the row. Works that wait for the writer together are one transaction: they
   *     run in the order of their keys, works without a key first, so that transactions of two
   *     replicas lock such rows in the same order and cannot deadlock over them
   */
  public <T extends @Nullable Object> Future<T> write(String lockKey, Work<T> work) {
    return submit(writeQueue, config.writeTimeout(), lockKey, work, false);
  }

  /**
   * Writes what may be done twice to the same effect, within the configured time: it runs again
   * when the connection broke during the commit.
   */
  public <T extends @Nullable Object> Future<T> writeRepeatable(Work<T> work) {
    return writeRepeatable("", work);
  }

  /**
   * Writes what may be done twice to the same effect and first locks a row.
   *
   * @param lockKey as {@link #write(String, Work)} wants it
   */
  public <T extends @Nullable Object> Future<T> writeRepeatable(String lockKey, Work<T> work) {
    return submit(writeQueue, config.writeTimeout(), lockKey, work, true);
  }

  /** Reads, within the configured time; a session that tries to write is refused. */
  public <T extends @Nullable Object> Future<T> read(Work<T> work) {
    return read(config.readTimeout(), work);
  }

  /**
   * Reads.
   *
   * @param timeout how long the read may wait for a connection
   */
  public <T extends @Nullable Object> Future<T> read(Duration timeout, Work<T> work) {
    return submit(readQueue, timeout, "", work, true);
  }

  private <T extends @Nullable Object> Future<T> submit(
      WorkQueue queue, Duration timeout, String lockKey, Work<T> work, boolean repeatable) {
    WorkSpan span =
        trace == null
            ? null
            : WorkSpan.start(trace, queue == readQueue ? "read" : "write", schema, engine());
    Pending<T> pending =
        new Pending<>(
            work,
            lockKey,
            vertx.getOrCreateContext(),
            System.nanoTime() + timeout.toNanos(),
            repeatable,
            span);
    ServiceException refused = queue.offer(pending);
    if (refused == null) {
      return pending.future();
    }
    if (span != null) {
      span.end(refused);
    }
    return Future.failedFuture(refused);
  }

  /**
   * Whether the last read and the last write found the database reachable and with room. Changes
   * only when the database is used; a read that succeeds says nothing about writes.
   */
  public boolean available() {
    return errors.available();
  }

  /** How the writer has been doing since it was opened. */
  public WriterStats writerStats() {
    return new WriterStats(writeQueue.size(), writer.commits(), writer.writes());
  }

  /** Finishes what was accepted, refuses what comes after, then closes every connection. */
  public Future<Void> close() {
    if (closing.compareAndSet(false, true)) {
      writeQueue.close();
      readQueue.close();
      Thread.ofPlatform().name("storage-close").daemon().start(this::awaitThreads);
    }
    return closed.future();
  }

  private void awaitThreads() {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
      closed.complete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.fail(e);
    }
  }
}
