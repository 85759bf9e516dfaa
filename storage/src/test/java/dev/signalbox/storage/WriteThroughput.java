package dev.signalbox.storage;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many small writes a second are acknowledged after their commit, run by hand: one insert for
 * each commit through bare JDBC, then the same insert by callers of a {@link Database}, each of
 * whom waits for its own acknowledgement.
 */
final class WriteThroughput {

  private static final long SECONDS = 5;
  private static final String INSERT = "INSERT INTO note (id, text) VALUES (?, ?)";
  private static final String TEXT = "x".repeat(100);

  private WriteThroughput() {}

  /**
   * @param args {@code sqlite} or {@code postgresql}
   */
  static void main(String[] args) throws Exception {
    Engine engine = Engine.valueOf(args[0].toUpperCase(Locale.ROOT));
    Vertx vertx = Vertx.vertx();
    for (int round = 1; round <= 2; round++) {
      if (engine == Engine.SQLITE) {
        System.out.printf("round %d: bare JDBC, 1 insert a commit: %,d/s%n", round, bare());
      }
      for (int callers : List.of(1, 64, 256, 1024)) {
        Path directory = Files.createTempDirectory("write-throughput");
        Database database =
            DatabaseFixture.await(
                Database.open(
                    vertx, Settings.of(engine).config(), directory, "sample", "sample-service"));
        long perSecond = through(vertx, database, callers);
        WriterStats stats = database.writerStats();
        System.out.printf(
            "round %d: %,5d callers: %,d/s, %.1f writes a commit%n",
            round, callers, perSecond, (double) stats.writes() / stats.commits());
        DatabaseFixture.await(database.close());
      }
    }
    DatabaseFixture.await(vertx.close());
    System.exit(0);
  }

  private static long bare() throws Exception {
    Path file = Files.createTempDirectory("write-throughput").resolve("bare.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, text TEXT)");
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long done = 0;
        while (System.nanoTime() < end) {
          insert.setLong(1, ++done);
          insert.setString(2, TEXT);
          insert.executeUpdate();
        }
        return done / SECONDS;
      }
    }
  }

  private static long through(Vertx vertx, Database database, int callers) throws Exception {
    AtomicLong ids = new AtomicLong();
    AtomicLong acknowledged = new AtomicLong();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    CountDownLatch ended = new CountDownLatch(callers);
    vertx
        .getOrCreateContext()
        .runOnContext(ignored -> {
          for (int i = 0; i < callers; i++) {
            next(database, ids, acknowledged, end, ended);
          }
        });
    if (!ended.await(SECONDS + 30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("callers were left waiting");
    }
    return acknowledged.get() / SECONDS;
  }

  private static void next(
      Database database, AtomicLong ids, AtomicLong acknowledged, long end, CountDownLatch ended) {
    if (System.nanoTime() >= end) {
      ended.countDown();
      return;
    }
    long id = ids.incrementAndGet();
    database
        .write(session -> session.update(INSERT, id, TEXT))
        .onComplete(result -> {
          if (result.failed()) {
            throw new IllegalStateException(result.cause());
          }
          acknowledged.incrementAndGet();
          next(database, ids, acknowledged, end, ended);
        });
  }
}
