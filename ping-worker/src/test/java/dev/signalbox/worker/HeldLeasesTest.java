package dev.signalbox.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.worker.HeldLease.HeldTask;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.ping.StuckTask;
import dev.signalbox.worker.site.SiteClient;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of tasks that cannot be pinged from here. */
class HeldLeasesTest {

  private final Random random = new Random(1);
  private final Vertx vertx = Vertx.vertx();
  private final FakeSite site = new FakeSite(257, 1);
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final HeldLeases leases =
      new HeldLeases(
          new PingEngine(1_000, 0, PingEngine.TAIL_NANOS, true),
          new SiteClient(vertx, site.uri(), null, "test"),
          new Reporter(
              Reporter.Style.LINES,
              new PrintStream(output, true, StandardCharsets.UTF_8),
              () -> 0));
  private final HeldLease lease = new HeldLease("l", "t", Instant.now(), 1_000, random);
  private final HeldTask stuck = new HeldTask(StuckTask.create(257), random);
  private final HeldTask other = new HeldTask(PingTask.create(258, List.of(), random), random);

  @AfterEach
  void stop() {
    site.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void givenAStuckTask_whenOthersAreLeftInItsLease_thenTheyGoOnAndItIsSaidWhy() {
    lease.tasks.addAll(List.of(stuck, other));
    leases.add(lease);

    leases.giveUpStuck(0);

    assertThat(leases.running()).containsExactly(other.task);
    assertThat(lease.tasks).containsExactly(stuck, other);
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("Gave up 1.1.0.0/16", "cannot be sent to from this machine");
  }

  @Test
  void givenAStuckTask_whenNothingElseIsLeftInItsLease_thenTheLeaseIsReleased() {
    lease.tasks.addAll(List.of(stuck, other));
    leases.add(lease);
    leases.giveUpStuck(0);
    assertThat(site.requests("DELETE", "/leases/l")).isEmpty();
    leases.done(lease, other);

    leases.giveUpStuck(1);

    await().until(() -> lease.tasks.isEmpty());
    assertThat(site.requests("DELETE", "/leases/l")).hasSize(1);
    leases.sweep();
    assertThat(leases.isEmpty()).isTrue();
  }

  @Test
  void givenABlockThatWasGivenUp_whenItIsLeasedAgain_thenItIsReleasedAndNotPinged() {
    lease.tasks.add(stuck);
    leases.add(lease);
    leases.giveUpStuck(0);
    await().until(() -> lease.tasks.isEmpty());
    HeldLease again = new HeldLease("again", "t", Instant.now(), 1_000, random);
    again.tasks.add(new HeldTask(PingTask.create(257, List.of(), random), random));

    leases.add(again);

    assertThat(leases.running()).isEmpty();
    leases.giveUpStuck(1);
    await().until(() -> again.tasks.isEmpty());
    assertThat(site.requests("DELETE", "/leases/again")).hasSize(1);
  }

  @Test
  void givenABlockThatWasGivenUp_whenItIsLeasedWithOthers_thenTheseArePinged() {
    leases.givenUp().add(257, Instant.now());
    lease.tasks.add(new HeldTask(PingTask.create(257, List.of(), random), random));
    lease.tasks.add(other);

    leases.add(lease);

    assertThat(leases.running()).containsExactly(other.task);
    leases.giveUpStuck(0);
    assertThat(lease.releasing).isFalse();
  }

  @Test
  void givenASiteThatDoesNotAnswer_whenReleased_thenItIsTriedAgainLater() {
    site.down();
    lease.tasks.add(stuck);
    leases.add(lease);

    leases.giveUpStuck(0);

    await().until(() -> lease.releaseAtMs > 0);
    assertThat(lease.tasks).containsExactly(stuck);
    leases.giveUpStuck(lease.releaseAtMs - 1);
    assertThat(lease.releasing).isFalse();
    site.up();
    leases.giveUpStuck(lease.releaseAtMs);
    await().until(() -> lease.tasks.isEmpty());
  }

  @Test
  void givenARelease_whenItFails_thenTheWaitBeginsWithTheFailure() {
    long called = CensusWorker.nowMs();
    site.down();
    lease.tasks.add(stuck);
    leases.add(lease);

    leases.giveUpStuck(0);

    await().until(() -> lease.releaseAtMs != 0);
    assertThat(lease.releaseAtMs).isGreaterThan(called);
  }
}
