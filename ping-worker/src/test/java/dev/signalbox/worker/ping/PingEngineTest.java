package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.worker.icmp.SendOutcome;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingEngineTest {

  private static final int FAST = 1_000_000;
  private static final long TAIL = 200_000_000L;

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
    assertThat(network.sent.keySet()).noneMatch(Network.parse("1.3.7.0/24")::contains);
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
}
