package dev.signalbox.code;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/** The service's database on either engine, as often as a test wants to open it. */
final class Fixture implements AutoCloseable {

  private final Vertx vertx;
  private final Path directory;
  private final StorageConfig config;
  private final List<Database> databases = new ArrayList<>();

  Fixture(Vertx vertx, Engine engine, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
    this.config = StorageConfig.of(settings(engine));
  }

  static Map<String, String> settings(Engine engine) {
    return switch (engine) {
      case SQLITE -> Map.of();
      case POSTGRESQL -> TestPostgres.freshDatabase().settings();
    };
  }

  Vertx vertx() {
    return vertx;
  }

  Database database() {
    Database database = await(Database.open(vertx, config, directory, "code", "code-service"));
    databases.add(database);
    return database;
  }

  static Draft draft(String text) {
    return new Draft("someone", text, null);
  }

  static List<Draft> drafts(int count) {
    return LongStream.range(0, count).mapToObj(i -> draft("text " + i)).toList();
  }

  /** Verifies the chain and the log file as the service does. */
  static VerifyMessagesReply verify(Database database, Path file, Duration timeout) {
    ChainVerifier verifier = new ChainVerifier(database, ChainVerifier.Slice.USUAL, file);
    return await(
        verifier.verify(VerifyMessagesRequest.ALL, Call.within(timeout)), timeout.plusSeconds(10));
  }

  /** Verifies the chain alone. */
  static VerifyMessagesReply verify(Database database, Duration timeout) {
    return verify(database, Path.of("no-such-file"), timeout);
  }

  static <T> T await(Future<T> future) {
    return await(future, Duration.ofSeconds(30));
  }

  private static <T> T await(Future<T> future, Duration timeout) {
    try {
      return future.await(timeout.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static ServiceException fault(Future<?> future) {
    return await(
        future.transform(result ->
            result.cause() instanceof ServiceException fault
                ? Future.succeededFuture(fault)
                : Future.failedFuture(
                    new AssertionError("no ServiceException: " + result, result.cause()))));
  }

  @Override
  public void close() {
    databases.forEach(database -> await(database.close()));
  }
}
