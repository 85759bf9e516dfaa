package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One service's durable state.
 *
 * <p>Futures complete on the Vert.x context of the caller. Every failure is a {@link
 * ServiceException}, save those a work throws itself: OVERLOADED when too many works wait, TIMEOUT
 * when one waited too long and was not run, STORAGE when the database failed, STOPPING once closed.
 */
public final class Database {

  private final Vertx vertx;
  private final StorageConfig config;
  private final Connector connector;
  private final WorkQueue writeQueue;
  private final WorkQueue readQueue;
  private final CommitWriter writer;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Promise<Void> closed = Promise.promise();

  private Database(Vertx vertx, StorageConfig config, Connector connector) {
    this.vertx = vertx;
    this.config = config;
    this.connector = connector;
    Pending<?> end = new Pending<@Nullable Void>(session -> null, vertx.getOrCreateContext(), 0);
    this.writeQueue = new WorkQueue(config.writeQueue(), "writes", end);
    this.readQueue = new WorkQueue(config.readQueue(), "reads", end);
    this.writer = new CommitWriter(writeQueue, connector, config.maxBatch());
  }

  /**
   * Opens a service's database, bringing its schema up to date first.
   *
   * @param dataDirectory where a SQLite file goes, created when missing; not used with PostgreSQL
   * @param schema lower-case letters, digits and {@code _}: names the SQLite file or PostgreSQL
   *     schema, and the migrations on the class path: {@code db/<schema>/common}, {@code
   *     db/<schema>/sqlite}, {@code db/<schema>/postgresql}, named as Flyway wants
   */
  public static Future<Database> open(
      Vertx vertx, StorageConfig config, Path dataDirectory, String schema) {
    if (!schema.matches("[a-z][a-z0-9_]{0,30}")) {
      return Future.failedFuture(new IllegalArgumentException("not a schema name: " + schema));
    }
    return vertx
        .executeBlocking(
            () -> {
              try {
                return openBlocking(vertx, config, dataDirectory, schema);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw e;
              } catch (Exception e) {
                throw new ServiceException(
                    ErrorCode.STORAGE,
                    "cannot open the database of " + schema + ": " + e.getMessage(),
                    e);
              }
            },
            false)
        .map(Objects::requireNonNull);
  }

  private static Database openBlocking(
      Vertx vertx, StorageConfig config, Path dataDirectory, String schema) throws Exception {
    Connector connector =
        switch (config.engine()) {
          case SQLITE -> {
            Files.createDirectories(dataDirectory);
            SqliteConnector sqlite =
                new SqliteConnector(dataDirectory.resolve(schema + ".db"), config);
            new Migrations(sqlite, schema)
                .runLocked(dataDirectory.resolve(schema + ".db.migration-lock"));
            yield sqlite;
          }
          case POSTGRESQL -> {
            PostgresConnector postgres = new PostgresConnector(config, schema);
            new Migrations(postgres, schema).run();
            yield postgres;
          }
        };
    Database database = new Database(vertx, config, connector);
    database.start(schema);
    return database;
  }

  private void start(String schema) throws SQLException {
    ReadPool reads = new ReadPool(readQueue, connector, config.readers());
    threads.add(thread("storage-" + schema + "-writer", writer));
    for (int i = 1; i <= config.readers(); i++) {
      threads.add(thread("storage-" + schema + "-reader-" + i, reads));
    }
    threads.forEach(Thread::start);
  }

  private static Thread thread(String name, Runnable life) {
    return Thread.ofPlatform().name(name).daemon().unstarted(life);
  }

  /** The engine underneath. */
  public Engine engine() {
    return connector.engine();
  }

  /**
   * Writes, within the configured time.
   *
   * @return completes after the commit has reached the disk, or fails and nothing was done; with
   *     one exception: after STORAGE because the connection broke during the commit itself, the
   *     write may be there
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
    return submit(writeQueue, timeout, work);
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
    return submit(readQueue, timeout, work);
  }

  private <T extends @Nullable Object> Future<T> submit(
      WorkQueue queue, Duration timeout, Work<T> work) {
    Pending<T> pending =
        new Pending<>(work, vertx.getOrCreateContext(), System.nanoTime() + timeout.toNanos());
    ServiceException refused = queue.offer(pending);
    return refused == null ? pending.future() : Future.failedFuture(refused);
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
