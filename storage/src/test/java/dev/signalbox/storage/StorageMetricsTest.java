package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.failure;
import static dev.signalbox.storage.DatabaseFixture.hold;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class StorageMetricsTest {

  @TempDir Path directory;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Database database;

  @BeforeEach
  void open(Vertx vertx) {
    StorageConfig config = StorageConfig.of(Map.of("busy-timeout", "50ms"));
    database = await(Database.open(vertx, config, directory, "sample", "sample-service", registry));
  }

  @AfterEach
  void close() {
    await(database.close());
  }

  private double gauge(String name) {
    return registry.get(name).tag("service", "sample-service").gauge().value();
  }

  private DistributionSummary batches() {
    return registry.get("signalbox.storage.commit.writes").summary();
  }

  @Test
  void givenWritesThatWait_whenTheyAreCommitted_thenTheQueueAndTheTransactionsAreCounted()
      throws Exception {
    CountDownLatch release = hold(database);
    List<Future<Integer>> writes =
        IntStream.range(0, 30).mapToObj(i -> insert(database, i, "n")).toList();
    assertThat(gauge("signalbox.storage.writes.waiting")).isEqualTo(30);

    release.countDown();
    await(Future.all(writes));

    assertThat(gauge("signalbox.storage.writes.waiting")).isZero();
    assertThat(gauge("signalbox.storage.reads.waiting")).isZero();
    assertThat(batches().count()).isEqualTo(2);
    assertThat(batches().totalAmount()).isEqualTo(31);
    assertThat(registry.get("signalbox.storage.commit").timer().count()).isEqualTo(2);
    assertThat(gauge("signalbox.storage.available")).isEqualTo(1);
    assertThat(registry.get("signalbox.storage.commits.failed").counter().count()).isZero();
  }

  @Test
  void givenAWorkThatFails_whenItsTransactionIsCommitted_thenNoCommitHasFailed() {
    failure(
        database.write(session -> {
          throw new IllegalStateException("not this one");
        }));

    assertThat(batches().count()).isEqualTo(1);
    assertThat(registry.get("signalbox.storage.commits.failed").counter().count()).isZero();
  }

  @Test
  void givenAFileThatAnotherHolds_whenAWriteFails_thenTheStorageIsUnavailableUntilOneSucceeds()
      throws Exception {
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sample.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      failure(insert(database, 1, "blocked"));
      statement.execute("ROLLBACK");
    }

    assertThat(gauge("signalbox.storage.available")).isZero();
    assertThat(registry.get("signalbox.storage.commits.failed").counter().count()).isEqualTo(1);
    assertThat(batches().count()).isZero();

    await(insert(database, 2, "free again"));

    assertThat(gauge("signalbox.storage.available")).isEqualTo(1);
  }
}
