package dev.signalbox.worker.icmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Real sockets on 127.0.0.0/8, where the machine lets us. */
class IcmpSocketIT {

  private static final int FIRST = 0x7f090000;

  private static IcmpSocket open(Supplier<IcmpSocket> sockets) {
    try {
      return sockets.get();
    } catch (IcmpException e) {
      if (Boolean.getBoolean("signalbox.require.all")) {
        throw e;
      }
      assumeTrue(false, "this machine does not let us ping: " + e.getMessage());
      throw e;
    }
  }

  private static Set<Integer> ping(IcmpSocket socket, int[] addresses) {
    SendOutcome[] outcomes = new SendOutcome[addresses.length];
    socket.send(addresses, addresses.length, Purpose.CENSUS, outcomes);
    assertThat(outcomes).containsOnly(SendOutcome.SENT);
    Set<Integer> answered = new HashSet<>();
    await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          socket.await(5);
          socket.receive((address, purpose, nanos) -> {
            assertThat(purpose).isEqualTo(Purpose.CENSUS);
            assertThat(nanos).isPositive();
            answered.add(address);
          });
          return answered.size() == addresses.length;
        });
    return answered;
  }

  private static int[] addresses(int count) {
    int[] addresses = new int[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = FIRST + i + 1;
    }
    return addresses;
  }

  @Test
  void givenTheSocketOfThisMachine_whenABatchIsSent_thenEachAddressAnswers() {
    try (IcmpSocket socket = open(IcmpSocket::open)) {
      assertThat(ping(socket, addresses(EchoSocket.MAX_BATCH))).hasSize(EchoSocket.MAX_BATCH);
    }
  }

  @Test
  void givenARawSocket_whenABatchIsSent_thenEachAddressAnswers() {
    try (IcmpSocket socket = open(IcmpSocket::openRaw)) {
      assertThat(socket.description()).isEqualTo("raw ICMP socket");
      assertThat(ping(socket, addresses(EchoSocket.MAX_BATCH))).hasSize(EchoSocket.MAX_BATCH);
    }
  }

  @Test
  void givenTwoRawSockets_whenOneSends_thenTheOtherHearsNoneOfItsReplies() {
    try (IcmpSocket socket = open(IcmpSocket::openRaw);
        IcmpSocket other = open(IcmpSocket::openRaw)) {
      ping(socket, addresses(10));

      List<Integer> heard = new ArrayList<>();
      other.receive((address, purpose, nanos) -> heard.add(address));
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void givenABroadcastAddress_whenSent_thenItIsRefusedAndTheOthersAreSent() {
    try (IcmpSocket socket = open(IcmpSocket::open)) {
      SendOutcome[] outcomes = new SendOutcome[3];
      socket.send(new int[] {FIRST + 1, 0x7fffffff, FIRST + 2}, 3, Purpose.CENSUS, outcomes);

      assertThat(outcomes).containsExactly(SendOutcome.SENT, SendOutcome.REFUSED, SendOutcome.SENT);
    }
  }

  @Test
  void givenABlockOfLoopback_whenPinged_thenAllOfItAnswers() {
    open(IcmpSocket::open).close();
    PingTask task = PingTask.create(0x7f09, List.of("127.9.77.0/24"), new Random());
    try (PingEngine engine = new PingEngine(1_000_000, 0, PingEngine.TAIL_NANOS)) {
      engine.start(IcmpSocket::open);
      engine.add(task);

      await().atMost(Duration.ofSeconds(60)).until(task::isComplete);
    }
    assertThat(task.answered()).isEqualTo(65_536 - 256);
  }
}
