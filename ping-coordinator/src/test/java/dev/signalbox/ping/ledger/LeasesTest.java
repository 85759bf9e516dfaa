package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static dev.signalbox.ping.ledger.LedgerFixture.indices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.ReleaseLeaseReply;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseReply.Lost;
import dev.signalbox.contracts.ping.RenewLeaseReply.Renewed;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class LeasesTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void lowestTakesTheLowestAvailableTask() {
    fixture.open(3);
    fixture.revise(0, TaskStatus.DONE, false);

    Leased leased = fixture.lease(1, Order.LOWEST);

    assertThat(indices(leased)).containsExactly(1);
    assertThat(fixture.task(1).status()).isEqualTo(TaskStatus.IN_PROGRESS);
  }

  @Test
  void leaseSaysWhatTheWorkerNeeds() {
    fixture.open(3);

    Leased leased = fixture.lease(2, Order.LOWEST);

    assertThat(leased.tasks())
        .containsExactly(
            new LeasedTask(0, "0.0.0.0/16", List.of()), new LeasedTask(1, "0.1.0.0/16", List.of()));
    assertThat(leased.leaseId()).matches("[0-9a-f]{32}");
    assertThat(leased.token()).matches("[A-Za-z0-9_-]{43}");
    assertThat(leased.maxRatePps()).isEqualTo(500);
    TaskRow task = fixture.task(1);
    assertThat(task.worker()).isEqualTo("worker");
    assertThat(task.expiresAtEpochMs()).isEqualTo(leased.expiresAtEpochMs());
    assertThat(leased.expiresAtEpochMs() - task.updatedAtEpochMs())
        .isEqualTo(LedgerFixture.LEASE_TIME.toMillis());
  }

  @Test
  void tokenIsNotStored() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);

    byte[] stored =
        await(
                fixture
                    .database()
                    .read(session ->
                        session.queryOne(
                            "SELECT token_hash FROM task WHERE task_index = 0",
                            row -> row.getBytes(1))))
            .orElseThrow();

    assertThat(stored).hasSize(32);
    assertThat(LeaseToken.matches(leased.token(), stored)).isTrue();
  }

  @Test
  void spreadScattersTheTasksOfOneLease() {
    fixture.open(LedgerFixture.settings(65_536));

    Leased leased = fixture.lease(64, Order.SPREAD);

    List<Integer> sorted = indices(leased).stream().sorted().toList();
    for (int i = 1; i < sorted.size(); i++) {
      assertThat(sorted.get(i) - sorted.get(i - 1)).isEqualTo(65_536 / 64);
    }
  }

  @Test
  void givenATaskWithoutABlock_whenLeased_thenItIsNotHandedOut() {
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            LedgerFixture.NEVER,
            true,
            65_535,
            1,
            131_072,
            100,
            500,
            LedgerFixture.UNCHECKED));
    assertThat(fixture.add(TaskStatus.AVAILABLE).index()).isEqualTo(65_536);

    assertThat(indices(fixture.lease(2, Order.SPREAD))).containsExactly(65_535);
    assertThat(fixture.tryLease(1, Order.SPREAD)).isInstanceOf(NoneAvailable.class);
    assertThat(fixture.tryLease(1, Order.LOWEST)).isInstanceOf(NoneAvailable.class);
  }

  @Test
  void fewerTasksThanAskedForAreLeasedWhenThereAreNoMore() {
    fixture.open(3);

    assertThat(indices(fixture.lease(64, Order.LOWEST))).containsExactly(0, 1, 2);
    assertThat(fixture.tryLease(1, Order.LOWEST)).isInstanceOf(NoneAvailable.class);
  }

  @Test
  void emptyLedgerHasNoneAvailable() {
    fixture.open(0);

    assertThat(fixture.tryLease(1, Order.LOWEST)).isInstanceOf(NoneAvailable.class);
    assertThat(fixture.tryLease(1, Order.SPREAD)).isInstanceOf(NoneAvailable.class);
  }

  @Test
  void maskedNetworksComeWithTheTask() {
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            LedgerFixture.NEVER,
            false,
            192 * 256,
            1,
            131_072,
            100,
            500,
            LedgerFixture.UNCHECKED));

    assertThat(fixture.lease(1, Order.LOWEST).tasks())
        .containsExactly(
            new LeasedTask(49_152, "192.0.0.0/16", List.of("192.0.0.0/24", "192.0.2.0/24")));
  }

  @Test
  void endedLeaseIsNeverShownAsLive() {
    fixture.open(2);
    fixture.lease(2, Order.LOWEST);
    fixture.endLeases();

    assertThat(
            await(fixture.ledger().tasks(new ListTasksRequest(TaskStatus.IN_PROGRESS, -1, 65_536)))
                .tasks())
        .isEmpty();
    TaskRow task = fixture.task(0);
    assertThat(task.status()).isEqualTo(TaskStatus.AVAILABLE);
    assertThat(task.worker()).isNull();
    assertThat(task.expiresAtEpochMs()).isNull();
  }

  @Test
  void endedLeaseLeavesAnErrorForEachTaskOnce() {
    fixture.open(2);
    fixture.lease(2, Order.LOWEST);
    fixture.endLeases();

    assertThat(fixture.errors())
        .extracting(TaskFault::error)
        .containsExactly("Task timed out", "Task timed out");
    assertThat(fixture.errors()).extracting(TaskFault::taskIndex).containsExactlyInAnyOrder(0, 1);
    assertThat(fixture.errors()).extracting(TaskFault::status).containsOnly(TaskStatus.AVAILABLE);
  }

  @Test
  void tasksOfEndedLeasesAreLeasedAgainWhenNothingElseIsLeft() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.endLeases();

    assertThat(indices(fixture.lease(1, Order.LOWEST))).containsExactly(0);
    assertThat(fixture.errors()).extracting(TaskFault::error).containsExactly("Task timed out");
  }

  @Test
  void endedLeasesAreSweptWithoutAnyCall() {
    fixture.open(
        new LedgerSettings(
            Duration.ofMillis(1),
            Duration.ofMillis(20),
            true,
            0,
            700,
            131_072,
            10_000,
            500,
            LedgerFixture.UNCHECKED));
    for (int i = 0; i < 10; i++) {
      fixture.tryLease(64, Order.LOWEST);
    }

    Awaitility.await()
        .until(
            () ->
                await(
                        fixture
                            .database()
                            .read(session ->
                                session.queryOne(
                                    "SELECT count(*) FROM task WHERE status = 0",
                                    row -> row.getInt(1))))
                    .orElseThrow(),
            available -> available == 700);
  }

  @Test
  void heartbeatProlongsTheLease() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);
    await(
        fixture
            .database()
            .write(session -> session.update("UPDATE task SET expires_at = expires_at - 1000")));

    RenewLeaseReply reply = renew(leased.leaseId(), Map.of(0, 0.25));

    assertThat(reply).isInstanceOf(Renewed.class);
    assertThat(((Renewed) reply).expiresAtEpochMs())
        .isGreaterThanOrEqualTo(leased.expiresAtEpochMs());
    TaskRow task = fixture.task(0);
    assertThat(task.expiresAtEpochMs()).isEqualTo(((Renewed) reply).expiresAtEpochMs());
    assertThat(task.share()).isEqualTo(0.25);
  }

  @Test
  void heartbeatTellsTheTasksOfTheLeaseWithWhatIsLeftOutSince() {
    fixture.open(4);
    Leased leased = fixture.lease(3, Order.LOWEST);
    fixture.submitText(0, LedgerFixture.text(1));
    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.1.7.0/24", "them", null)));
    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.3.7.0/24", "them", null)));

    RenewLeaseReply reply = renew(leased.leaseId(), Map.of());

    assertThat(((Renewed) reply).tasks())
        .containsExactly(
            new LeasedTask(1, "0.1.0.0/16", List.of("0.1.7.0/24")),
            new LeasedTask(2, "0.2.0.0/16", List.of()));
  }

  @Test
  void heartbeatTellsNoTaskThatWasTakenFromTheCensus() {
    fixture.open(2);
    Leased leased = fixture.lease(2, Order.LOWEST);
    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.1.0.0/16", "them", null)));

    RenewLeaseReply reply = renew(leased.leaseId(), Map.of());

    assertThat(((Renewed) reply).tasks())
        .containsExactly(new LeasedTask(0, "0.0.0.0/16", List.of()));
  }

  @Test
  void heartbeatOfAnEndedLeaseIsLost() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);
    fixture.endLeases();

    assertThat(renew(leased.leaseId(), Map.of())).isInstanceOf(Lost.class);
  }

  @Test
  void heartbeatOfAnUnknownLeaseIsLost() {
    fixture.open(1);

    assertThat(renew("nonsense' OR 1=1 --", Map.of())).isInstanceOf(Lost.class);
  }

  @Test
  void heartbeatCannotTouchTasksOfOthers() {
    fixture.open(2);
    Leased mine = fixture.lease(1, Order.LOWEST);
    fixture.lease(1, Order.LOWEST);

    renew(mine.leaseId(), Map.of(1, 0.9));

    assertThat(fixture.task(1).share()).isNull();
  }

  @Test
  void releaseGivesUnfinishedTasksBackWithoutAnError() {
    fixture.open(2);
    Leased leased = fixture.lease(2, Order.LOWEST);
    fixture.submitText(0, LedgerFixture.text(1));

    assertThat(release(leased.leaseId())).isEqualTo(new ReleaseLeaseReply(1));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.DONE);
    assertThat(fixture.task(1).status()).isEqualTo(TaskStatus.AVAILABLE);
    assertThat(fixture.errors()).isEmpty();
    assertThat(release(leased.leaseId())).isEqualTo(new ReleaseLeaseReply(0));
  }

  @Test
  void tokenOfAReleasedLeaseIsWorthless() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);
    release(leased.leaseId());

    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(SubmitResultReply.NoLease.class);
  }

  @Test
  void twoReplicasNeverLeaseOneTaskTwice() {
    Ledger one = fixture.open(LedgerFixture.settings(2_000));
    Ledger two = fixture.open(LedgerFixture.settings(2_000));

    List<Future<LeaseTasksReply>> calls = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      LeaseTasksRequest request =
          new LeaseTasksRequest(
              "worker-" + i,
              null,
              null,
              3,
              i % 4 < 2 ? Order.LOWEST : Order.SPREAD,
              null,
              null,
              null,
              LedgerFixture.CLIENT);
      calls.add((i % 2 == 0 ? one : two).lease(request));
    }

    List<Integer> leased = new ArrayList<>();
    for (Future<LeaseTasksReply> call : calls) {
      if (await(call) instanceof Leased got) {
        leased.addAll(indices(got));
      }
    }
    assertThat(leased).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void twoReplicasEndALeaseOnce() {
    Ledger one = fixture.open(LedgerFixture.settings(900));
    Ledger two = fixture.open(LedgerFixture.settings(900));
    for (int i = 0; i < 15; i++) {
      fixture.lease(60, Order.LOWEST);
    }
    fixture.endLeases();

    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add((i % 2 == 0 ? one : two).latest());
    }
    calls.forEach(LedgerFixture::await);

    assertThat(fixture.errors())
        .extracting(TaskFault::taskIndex)
        .hasSize(900)
        .doesNotHaveDuplicates();
  }

  private RenewLeaseReply renew(String leaseId, Map<Integer, Double> done) {
    return await(fixture.ledger().renew(new RenewLeaseRequest(leaseId, done)));
  }

  private ReleaseLeaseReply release(String leaseId) {
    return await(fixture.ledger().release(new ReleaseLeaseRequest(leaseId)));
  }
}
