package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyLeased;
import dev.signalbox.contracts.ping.LeaseTasksReply.TooManyNames;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What one may have in all, asked for at two replicas at once. */
@ExtendWith(VertxExtension.class)
class LimitsAmongReplicasTest {

  private static final LedgerSettings SETTINGS =
      new LedgerSettings(
          LedgerFixture.LEASE_TIME,
          LedgerFixture.NEVER,
          true,
          0,
          100,
          65_536,
          10_000,
          500,
          new ContributorRules(4, 4, 1, 0, 25));

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openTwoReplicas(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, Engine.POSTGRESQL, directory);
    fixture.open(SETTINGS);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static LeaseTasksRequest request(@Nullable String name, @Nullable String key, int count) {
    return new LeaseTasksRequest(
        "worker", name, null, count, Order.SPREAD, null, key, null, LedgerFixture.CLIENT);
  }

  /** What a second replica replies to a request while the first has not committed its own. */
  private LeaseTasksReply meanwhile(LeaseTasksRequest first, LeaseTasksRequest second)
      throws InterruptedException {
    Dialect dialect = Dialect.of(Engine.POSTGRESQL);
    Leases leases =
        new Leases(
            SETTINGS,
            dialect,
            new Faults(dialect),
            new Participants(SETTINGS.contributors(), dialect),
            new OptOuts(SETTINGS, dialect),
            new Random(1));
    CountDownLatch given = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    Future<LeaseTasksReply> held =
        fixture
            .database()
            .write(session -> {
              LeaseTasksReply reply = leases.lease(session, first);
              given.countDown();
              assertThat(commit.await(20, SECONDS)).isTrue();
              return reply;
            });
    assertThat(given.await(20, SECONDS)).isTrue();
    Future<LeaseTasksReply> reply = fixture.open(SETTINGS).lease(second);
    await("the second replica has answered, or waits for the first")
        .atMost(Duration.ofSeconds(20))
        .until(() -> reply.isComplete() || fixture.somebodyWaitsForALock());
    commit.countDown();
    assertThat(await(held)).isInstanceOf(Leased.class);
    return await(reply);
  }

  @Test
  void givenAnAddress_whenItLeasesAtTwoReplicasAtOnce_thenItHoldsNoMoreThanItMay()
      throws InterruptedException {
    fixture.lease(1, Order.SPREAD);

    assertThat(meanwhile(request(null, null, 3), request(null, null, 3)))
        .isInstanceOf(TooManyLeased.class);
  }

  @Test
  void givenAContributor_whenTheyLeaseAtTwoReplicasAtOnce_thenTheyHoldNoMoreThanTheyMay()
      throws InterruptedException {
    Leased ada = (Leased) await(fixture.ledger().lease(request("ada", null, 1)));
    LeaseTasksRequest more = request("ada", ada.contributorKey(), 2);

    assertThat(meanwhile(more, more))
        .isInstanceOfSatisfying(Leased.class, last -> assertThat(last.tasks()).hasSize(1));
  }

  @Test
  void givenAnAddress_whenItBringsNamesToTwoReplicasAtOnce_thenItGetsNoMoreThanItMay()
      throws InterruptedException {
    assertThat(meanwhile(request("ada", null, 1), request("bob", null, 1)))
        .isInstanceOf(TooManyNames.class);
  }
}
