package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What one replica takes back while another confirms it. */
@ExtendWith(VertxExtension.class)
class RecallAmongReplicasTest {

  private static final byte[] TRUTH = bitmap(1);

  @TempDir Path directory;

  private final Map<String, String> keys = new HashMap<>();

  private static byte[] bitmap(int seed) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    new Random(seed).nextBytes(bitmap);
    return bitmap;
  }

  private Leased lease(LedgerFixture fixture, String name) {
    Leased leased = (Leased) fixture.leaseAs(name, keys.get(name), LedgerFixture.CLIENT);
    if (leased.contributorKey() != null) {
      keys.put(name, leased.contributorKey());
    }
    return leased;
  }

  private static int task(Leased leased) {
    return leased.tasks().getFirst().taskIndex();
  }

  private static void submit(LedgerFixture fixture, Leased leased, byte[] bitmap) {
    assertThat(fixture.submit(task(leased), leased.token(), Format.BITMAP, bitmap))
        .isInstanceOf(Accepted.class);
  }

  private static Checks checks() {
    return new Checks(
        LedgerReplica.settings(2, LedgerFixture.LEASE_TIME, LedgerFixture.NEVER).contributors(),
        Dialect.of(Engine.POSTGRESQL),
        new Faults(Dialect.of(Engine.POSTGRESQL)),
        new Random(1));
  }

  @Test
  void givenARecallUnderWay_whenAnotherReplicaConfirmsAResult_thenThatResultStays(Vertx vertx)
      throws Exception {
    try (LedgerFixture fixture = LedgerFixture.of(vertx, Engine.POSTGRESQL, directory)) {
      fixture.open(LedgerReplica.settings(2, LedgerFixture.LEASE_TIME, LedgerFixture.NEVER));
      // Mallory, who was refuted elsewhere, told the truth here, and Ada is about to find the same.
      Leased first = lease(fixture, "mallory");
      Leased second = lease(fixture, "mallory");
      submit(fixture, first, TRUTH);
      submit(fixture, second, TRUTH);
      int held = Math.min(task(first), task(second));
      await(
          fixture
              .database()
              .write(session ->
                  session.update("UPDATE participant SET recall = 1 WHERE name = 'mallory'")));

      try (Connection connection =
              DriverManager.getConnection(
                  fixture.config().url(), fixture.config().user(), fixture.config().password());
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        // The recall, which has seen what there is, waits at the lowest task.
        statement.execute(
            "SELECT 1 FROM ping.task WHERE task_index = " + held + " AND copy = 0 FOR UPDATE");
        Future<Integer> recall = fixture.database().write(checks()::recall);
        await("the recall waits for the task")
            .atMost(Duration.ofSeconds(20))
            .until(fixture::somebodyWaitsForALock);
        fixture.open(LedgerReplica.settings(2, LedgerFixture.LEASE_TIME, LedgerFixture.NEVER));
        Leased ada = lease(fixture, "ada");
        Leased late = task(ada) == held ? lease(fixture, "ada") : ada;
        submit(fixture, late, TRUTH);
        connection.rollback();
        await(recall);

        assertThat(await(fixture.ledger().readResult(new ReadResultRequest(task(late), null))))
            .isEqualTo(new Stored(new Binary(TRUTH), null));
      }
    }
  }

  @Test
  void givenARecallThatWaitsForARefutation_whenThatMarksTheSameParticipant_thenItNeedNotWait(
      Vertx vertx) throws Exception {
    try (LedgerFixture fixture = LedgerFixture.of(vertx, Engine.POSTGRESQL, directory)) {
      fixture.open(LedgerReplica.settings(2, LedgerFixture.LEASE_TIME, LedgerFixture.NEVER));
      submit(fixture, lease(fixture, "mallory"), TRUTH);
      await(
          fixture
              .database()
              .write(session ->
                  session.update("UPDATE participant SET recall = 1 WHERE name = 'mallory'")));

      try (Connection refutation =
              DriverManager.getConnection(
                  fixture.config().url(), fixture.config().user(), fixture.config().password());
          Statement statement = refutation.createStatement()) {
        refutation.setAutoCommit(false);
        statement.execute("SET lock_timeout = 500"); // before PostgreSQL ends one of a deadlock
        statement.execute("SELECT 1 FROM ping.task WHERE copy = 0 ORDER BY task_index FOR UPDATE");
        Future<Integer> recall = fixture.database().write(checks()::recall);
        await("the recall waits for the task")
            .atMost(Duration.ofSeconds(20))
            .until(fixture::somebodyWaitsForALock);

        assertThat(
                statement.executeUpdate(
                    "UPDATE ping.participant SET recall = 1 WHERE name = 'mallory'"))
            .isEqualTo(1);
        refutation.commit();
        assertThat(await(recall)).isEqualTo(1);
      }
    }
  }
}
