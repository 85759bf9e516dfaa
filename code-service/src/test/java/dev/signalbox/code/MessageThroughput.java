package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;

import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.storage.WriterStats;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many messages a second are acknowledged, run by hand: code judged, chained, committed to the
 * disk, and in the log file; without HTTP and bus.
 */
final class MessageThroughput {

  private static final long SECONDS = 5;
  private static final String TEXT = "x".repeat(100);

  private MessageThroughput() {}

  /**
   * @param args {@code sqlite} or {@code postgresql}
   */
  static void main(String[] args) throws Exception {
    Engine engine = Engine.valueOf(args[0].toUpperCase(Locale.ROOT));
    Vertx vertx = Vertx.vertx();
    for (int round = 1; round <= 2; round++) {
      for (int callers : List.of(1, 64, 256, 1024)) {
        run(vertx, engine, round, callers);
      }
    }
    await(vertx.close());
    System.exit(0);
  }

  private static void run(Vertx vertx, Engine engine, int round, int callers) throws Exception {
    Path directory = Files.createTempDirectory("message-throughput");
    StorageConfig config = StorageConfig.of(Fixture.settings(engine));
    Database database = await(Database.open(vertx, config, directory, "code", "code-service"));
    MessageStore store = new MessageStore(database, InstantSource.system());
    MessageLog log = new MessageLog(vertx, directory.resolve(MessageLog.FILE_NAME), store);
    MessageIntake intake = new MessageIntake(store, log, 1_000);
    CodeBook codes = new CodeBook(database, 50_000, InstantSource.system());
    String code = await(codes.issue("someone")).code();

    AtomicLong acknowledged = new AtomicLong();
    CountDownLatch ended = new CountDownLatch(callers);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    Runnable[] caller = new Runnable[1];
    caller[0] =
        () -> {
          if (System.nanoTime() >= end) {
            ended.countDown();
            return;
          }
          codes
              .judge("someone", code)
              .compose(verdict ->
                  intake.store(
                      new Draft("someone", TEXT, null),
                      System.nanoTime() + TimeUnit.SECONDS.toNanos(30),
                      null))
              .onComplete(result -> {
                if (result.failed()) {
                  System.out.println("failed: " + result.cause());
                }
                acknowledged.incrementAndGet();
                caller[0].run();
              });
        };
    vertx
        .getOrCreateContext()
        .runOnContext(ignored -> {
          for (int i = 0; i < callers; i++) {
            caller[0].run();
          }
        });
    if (!ended.await(SECONDS + 30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("callers were left waiting");
    }
    WriterStats stats = database.writerStats();
    long start = System.nanoTime();
    boolean intact = Fixture.verify(database, Duration.ofMinutes(1)).intact();
    System.out.printf(
        "round %d: %,5d callers: %,d/s, %.1f messages a commit; chain intact %b, verified at"
            + " %,d/s%n",
        round,
        callers,
        acknowledged.get() / SECONDS,
        (double) acknowledged.get() / stats.commits(),
        intact,
        acknowledged.get() * 1_000_000_000L / Math.max(1, System.nanoTime() - start));
    await(log.close());
    await(database.close());
  }
}
