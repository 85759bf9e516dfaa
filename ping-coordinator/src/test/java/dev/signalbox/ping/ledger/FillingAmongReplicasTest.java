package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that open the ledger of one database at the same time. */
@ExtendWith(VertxExtension.class)
class FillingAmongReplicasTest {

  @TempDir Path directory;

  @Test
  void givenAReplicaThatFillsForLongerThanAStatementMayWait_whenAnotherStarts_thenItWaits(
      Vertx vertx) throws Exception {
    // So long that what may not wait longer is the statement, not the write.
    try (LedgerFixture fixture =
        LedgerFixture.ofPostgres(vertx, directory, "write-timeout", "40s")) {
      LedgerSettings settings =
          LedgerReplica.settings(2, LedgerFixture.LEASE_TIME, LedgerFixture.NEVER);
      fixture.open(settings);
      try (Connection connection =
              DriverManager.getConnection(
                  fixture.config().url(), fixture.config().user(), fixture.config().password());
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("LOCK TABLE ping.filling IN ACCESS EXCLUSIVE MODE");
        Future<Ledger> second = Ledger.open(vertx, fixture.database(), settings);
        Duration patience = Duration.ofSeconds(40);
        String first =
            await("the replica waits for the other")
                .atMost(patience)
                .until(fixture::waitingForALock, Optional::isPresent)
                .orElseThrow();
        await("the statement has waited for as long as it may, and another waits")
            .atMost(patience)
            .until(
                fixture::waitingForALock,
                waiting -> waiting.filter(again -> !again.equals(first)).isPresent());
        connection.rollback();

        Ledger ledger = second.await(40, TimeUnit.SECONDS);
        assertThat(ledger).isNotNull();
        ledger.close().await(40, TimeUnit.SECONDS);
      }
    }
  }
}
