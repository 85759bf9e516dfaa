package dev.signalbox.storage;

import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens databases of the schema "sample" and closes them after the test. */
final class DatabaseFixture implements AutoCloseable {

  private final Vertx vertx;
  private final Path directory;
  private final List<Database> open = new ArrayList<>();

  DatabaseFixture(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  Vertx vertx() {
    return vertx;
  }

  Path directory() {
    return directory;
  }

  Database open(StorageConfig config) {
    Database database = await(Database.open(vertx, config, directory, "sample", "sample-service"));
    open.add(database);
    return database;
  }

  /** Keeps the writer busy until released, so that what is written meanwhile shares a batch. */
  static CountDownLatch hold(Database database) throws InterruptedException {
    CountDownLatch holding = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    database.write(session -> {
      holding.countDown();
      return release.await(10, TimeUnit.SECONDS);
    });
    if (!holding.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the writer does not start");
    }
    return release;
  }

  static Future<Integer> insert(Database database, long id, String text) {
    return database.write(
        session -> session.update("INSERT INTO note (id, text) VALUES (?, ?)", id, text));
  }

  static List<Long> ids(Database database) {
    return await(
        database.read(
            session -> session.query("SELECT id FROM note ORDER BY id", row -> row.getLong(1))));
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static Throwable failure(Future<?> future) {
    Future<Throwable> failure =
        future.transform(result ->
            result.failed()
                ? Future.succeededFuture(result.cause())
                : Future.failedFuture(new AssertionError("succeeded with " + result.result())));
    return await(failure);
  }

  static ServiceException fault(Future<?> future) {
    Throwable cause = failure(future);
    if (cause instanceof ServiceException fault) {
      return fault;
    }
    throw new AssertionError("not a ServiceException", cause);
  }

  @Override
  public void close() {
    open.forEach(database -> await(database.close()));
  }
}
