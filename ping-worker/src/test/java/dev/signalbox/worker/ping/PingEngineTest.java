package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.worker.icmp.SendOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingEngineTest {

  private static final int FAST = 1_000_000;
  private static final long TAIL = 200_000_000L;
  private static final int CONTROL = 0x7f000001;

  private final PingEngine engine = new PingEngine(FAST, 0, TAIL);

  @AfterEach
  void stop() {
    engine.close();
  }

  private static PingTask task(int index, String... exclude) {
    return PingTask.create(index, List.of(exclude), new Random(index));
  }

  @Test
  void givenTwoBlocks_whenPinged_thenEachAddressIsSentToOnceAndThoseThatAnswerAreFound() {
    VirtualNetwork network = new VirtualNetwork(address -> (address & 3) == 0);
    PingTask first = task(0x0102);
    PingTask second = task(0x0103, "1.3.7.0/24");
    engine.start(() -> network);
    engine.add(first);
    engine.add(second);

    await().until(() -> first.isComplete() && second.isComplete());

    assertThat(first.answered()).isEqualTo(16_384);
    assertThat(second.answered()).isEqualTo(16_384 - 64);
    assertThat(network.sent).hasSize(2 * 65_536 - 256);
    assertThat(network.sent.values()).allMatch(times -> times.get() == 1);
    assertThat(network.sent.keySet()).noneMatch(Cidr.parseV4("1.3.7.0/24")::containsV4);
    assertThat(first.result()[4]).isNotZero();
    assertThat(first.result()[5]).isZero();
  }

  @Test
  void givenANetworkThatIsGone_whenItComesBack_thenNobodyWasTakenForSilent() {
    VirtualNetwork network = new VirtualNetwork(_ -> true);
    network.outcome = SendOutcome.UNREACHABLE;
    PingTask task = task(0x0102);
    engine.start(() -> network);
    engine.add(task);
    await().until(() -> engine.status().unreachable());
    assertThat(task.isComplete()).isFalse();

    network.outcome = SendOutcome.SENT;

    await().until(task::isComplete);
    assertThat(task.answered()).isEqualTo(65_536);
  }

  @Test
  void givenQueuesThatAreFull_whenSending_thenTheRateFalls() {
    VirtualNetwork network = new VirtualNetwork(_ -> true);
    network.outcome = SendOutcome.BUSY;
    engine.start(() -> network);
    engine.add(task(0x0102));

    await().until(() -> engine.status().rate() < FAST);
  }

  @Test
  void givenATaskThatIsRemoved_whenOthersAreLeft_thenItIsSentToNoMore() {
    VirtualNetwork network = new VirtualNetwork(_ -> false);
    PingEngine slow = new PingEngine(1_000, 0, TAIL);
    PingTask removed = task(0x0102);
    slow.start(() -> network);
    slow.add(removed);
    await().until(() -> !network.sent.isEmpty());
    slow.remove(removed);
    PingTask other = task(0x0103);
    slow.add(other);
    await().until(() -> network.sent.keySet().stream().anyMatch(other::contains));
    long before = network.sent.keySet().stream().filter(removed::contains).count();

    await().until(() -> other.sentShare() > 0.002);
    assertThat(network.sent.keySet().stream().filter(removed::contains).count()).isEqualTo(before);
    slow.close();
  }

  @Test
  void givenASocketThatCannotBeOpened_whenStarted_thenItsExceptionIsThrown() {
    assertThatThrownBy(() ->
            engine.start(() -> {
              throw new IllegalArgumentException("no socket");
            }))
        .hasMessage("no socket");
  }

  @Test
  void givenASocketThatBreaks_whenPinging_thenTheEngineSaysSo() {
    VirtualNetwork network =
        new VirtualNetwork(address -> {
          throw new IllegalStateException("broken");
        });
    engine.start(() -> network);
    engine.add(task(0x0102));

    await().until(() -> engine.failure() != null);
  }

  @Test
  void givenAnAddressThatCannotBeSentTo_whenPinging_thenTheOthersAreAllSentTo() {
    VirtualNetwork network = new VirtualNetwork(_ -> true);
    network.unreachable = address -> (address & 0xffff) == 0x1234;
    PingTask one = task(0x0102);
    engine.start(() -> network);
    engine.add(one);

    await().until(() -> one.answered() == 65_535);

    assertThat(one.isComplete()).isFalse();
    assertThat(engine.status().unreachable()).isFalse();
  }

  @Test
  void givenABlockThatCannotBeSentTo_whenAnotherCan_thenThatOneIsPinged() {
    VirtualNetwork network = new VirtualNetwork(_ -> true);
    network.unreachable = address -> address >>> 16 == 0x0102;
    PingTask gone = task(0x0102);
    PingTask there = task(0x0103);
    engine.start(() -> network);
    engine.add(gone);
    engine.add(there);

    await().until(there::isComplete);

    assertThat(there.answered()).isEqualTo(65_536);
    assertThat(gone.sentShare()).isLessThan(0.01);
  }

  @Test
  void givenRepliesThatStop_whenTheNetworkIsBack_thenNobodyWasTakenForSilent() {
    VirtualNetwork network = new VirtualNetwork(address -> (address & 3) == 0);
    PingEngine slow = new PingEngine(20_000, 0, TAIL);
    PingTask task = task(0x0102);
    slow.start(() -> network);
    slow.add(task);
    await().until(() -> task.answered() > 100);
    network.away = true;
    await().until(() -> slow.status().unreachable());

    network.away = false;

    await().atMost(Duration.ofSeconds(60)).until(task::isComplete);
    assertThat(task.answered()).isEqualTo(16_384);
    slow.close();
  }

  @Test
  void givenRepliesThatStop_whenTheSiteAnswers_thenPingingGoesOn() {
    VirtualNetwork network = new VirtualNetwork(address -> (address & 3) == 0);
    PingEngine slow = new PingEngine(20_000, 0, TAIL, true);
    PingTask task = task(0x0102);
    slow.start(() -> network);
    slow.add(task);
    await().until(() -> task.answered() > 100);
    network.away = true;
    await().until(() -> slow.status().unreachable() && slow.status().asksForSite());

    slow.onNetworkGood();

    await().until(() -> !slow.status().unreachable());
    slow.close();
  }

  @Test
  void givenASiteThatDoesNotAnswer_whenNobodyElseDoesEither_thenTheBlockIsNotDone() {
    VirtualNetwork network = new VirtualNetwork(_ -> false);
    PingEngine confirmed = new PingEngine(FAST, 0, TAIL, true);
    PingTask task = task(0x0102);
    confirmed.start(() -> network);
    confirmed.add(task);
    await().until(() -> confirmed.status().asksForSite());
    assertThat(task.isComplete()).isFalse();

    confirmed.onSiteSilent();
    await().until(() -> task.sentShare() == 0);
    confirmed.onNetworkGood();
    await().until(task::isWaitedFor);
    confirmed.onNetworkGood();

    await().until(task::isComplete);
    assertThat(network.sent.values()).allMatch(times -> times.get() == 2);
    confirmed.close();
  }

  @Test
  void givenASiteThatDoesNotAnswer_whenOthersDo_thenPingingGoesOn() {
    VirtualNetwork network = new VirtualNetwork(address -> (address & 3) == 0);
    PingTask task = task(0x0102);
    PingEngine slow = new PingEngine(20_000, 0, TAIL, true);
    slow.start(() -> network);
    slow.add(task);
    await().until(() -> task.answered() > 100);

    slow.onSiteSilent();

    await().atMost(Duration.ofSeconds(60)).until(() -> slow.status().sent() == 65_536);
    assertThat(network.sent.values()).allMatch(times -> times.get() == 1);
    slow.close();
  }

  @Test
  void givenAMachineThatSleeps_whenItWakesUp_thenItGoesOnFromWhereTheNetworkWasGood() {
    VirtualNetwork network = new VirtualNetwork(_ -> false);
    AtomicLong slept = new AtomicLong();
    PingEngine confirmed =
        new PingEngine(FAST, 0, TAIL, true, () -> System.nanoTime() + slept.get());
    PingTask task = task(0x0102);
    confirmed.start(() -> network);
    confirmed.add(task);
    await().until(() -> confirmed.status().asksForSite());

    slept.set(Duration.ofMinutes(10).toNanos());

    await().until(() -> confirmed.status().sleeps() == 1);
    assertThat(confirmed.status().unreachable()).isTrue();
    assertThat(task.sentShare()).isZero();
    confirmed.onNetworkGood();
    await().until(task::isWaitedFor);
    confirmed.close();
  }

  @Test
  void givenAControlHost_whenItAnswersNoMore_thenTheNetworkIsTakenForGone() {
    VirtualNetwork network = new VirtualNetwork(address -> address == 0x7f000001);
    PingEngine watched = new PingEngine(1_000, 0x7f000001, TAIL, true);
    watched.start(() -> network);
    watched.add(task(0x0102));
    await().until(() -> network.sent.containsKey(0x7f000001));

    network.away = true;

    await().atMost(Duration.ofSeconds(20)).until(() -> watched.status().unreachable());
    network.away = false;
    await().until(() -> !watched.status().unreachable());
    watched.close();
  }

  @Test
  void givenAControlHostThatIsGoneForGood_whenTheSiteAnswers_thenPingingGoesOnAndTheRateRecovers() {
    AtomicInteger controls = new AtomicInteger();
    VirtualNetwork network =
        new VirtualNetwork(address -> address == CONTROL && controls.getAndIncrement() == 0);
    PingEngine watched = new PingEngine(20_000, CONTROL, TAIL, true);
    PingTask task = task(0x0102);
    watched.start(() -> network);
    watched.add(task);
    await().atMost(Duration.ofSeconds(20)).until(() -> watched.status().unreachable());
    watched.onNetworkGood();
    await().until(() -> !watched.status().unreachable());
    double slowed = watched.status().rate();

    await().atMost(Duration.ofSeconds(40)).until(task::isWaitedFor);

    assertThat(watched.status().rate()).isGreaterThan(slowed);
    assertThat(network.sent.entrySet())
        .allMatch(sent -> sent.getKey() == CONTROL || sent.getValue().get() <= 2);
    watched.close();
  }

  @Test
  void givenAControlHostThatIsGone_whenOthersAnswer_thenTheRateRecovers() {
    AtomicInteger controls = new AtomicInteger();
    VirtualNetwork network =
        new VirtualNetwork(
            address -> address == CONTROL ? controls.getAndIncrement() == 0 : (address & 3) == 0);
    PingEngine watched = new PingEngine(1_000, CONTROL, TAIL, true);
    watched.start(() -> network);
    watched.add(task(0x0102));
    await().atMost(Duration.ofSeconds(20)).until(() -> controls.get() >= 8); // presumed gone at 7
    assertThat(watched.status().rate()).isLessThan(1_000);
    double slowed = watched.status().rate();

    await().atMost(Duration.ofSeconds(20)).until(() -> watched.status().rate() > slowed);
    watched.close();
  }

  @Test
  void givenThoseWhoAnsweredLast_whenTheyAreLeftOutDuringAnOutage_thenTheyAreNotAskedEither() {
    VirtualNetwork network = new VirtualNetwork(address -> (address & 3) == 0);
    PingEngine slow = new PingEngine(20_000, 0, TAIL, true);
    PingTask task = task(0x0102);
    slow.start(() -> network);
    slow.add(task);
    await().until(() -> task.answered() > 100);
    network.away = true;
    await().until(() -> slow.status().unreachable());
    slow.exclude(task, List.of("1.2.0.0/16"));
    await().until(() -> task.answered() == 0);
    network.away = false;

    slow.onNetworkGood();

    await().until(task::isComplete);
    assertThat(network.sent.values()).allMatch(times -> times.get() == 1);
    slow.close();
  }
}
