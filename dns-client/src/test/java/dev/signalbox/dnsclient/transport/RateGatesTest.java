package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Turns by a clock of the test's own. */
class RateGatesTest {

  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("192.0.2.2");

  private record Later(long at, Runnable action) {}

  private final PriorityQueue<Later> agenda =
      new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
  private final List<String> told = new ArrayList<>();
  private long now = 5_000_000_000L;
  private final TimerWheel wheel =
      new TimerWheel(() -> now, (nanos, action) -> agenda.add(new Later(now + nanos, action)));

  @Test
  void grantsABurstAtOnceAndThenTheRate() {
    RateGates gates = gates(100, 3, 1000);
    for (int i = 0; i < 53; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(5));
    }

    assertThat(told).containsExactly("n0", "n1", "n2");
    pass(Duration.ofMillis(250));
    assertThat(told.size() - 3).isBetween(22, 26);
    pass(Duration.ofMillis(300));
    assertThat(told).hasSize(53);
    assertThat(gates.waiting()).isZero();
    assertThat(agenda).allMatch(later -> later.at() > now);
  }

  @Test
  void keepsARateFinerThanTheTicksOfTheWheel() {
    RateGates gates = gates(2_000, 1, 10_000);
    for (int i = 0; i < 2_001; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(5));
    }

    pass(Duration.ofMillis(500));
    assertThat(told.size()).isBetween(960, 1_002);
  }

  @Test
  void savesUpNoMoreThanABurst() {
    RateGates gates = gates(100, 3, 1000);
    take(gates, ONE, "first", Duration.ofSeconds(5));
    pass(Duration.ofSeconds(60));
    told.clear();

    for (int i = 0; i < 10; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(5));
    }

    assertThat(told).hasSize(3);
  }

  @Test
  void givenAClockThatNeverStandsStill_whenAnAddressIsNew_thenItsFirstQueryIsDue() {
    ResolverRates rates = new ResolverRates(new ResolverRates.Limits(1, 1, 10, 100), () -> now++);

    assertThat(rates.tryTake(ONE)).isTrue();
    assertThat(rates.tryTake(TWO)).isTrue();
    assertThat(rates.tryTake(ONE)).isFalse();
  }

  @Test
  void countsEachAddressByItself() {
    RateGates gates = gates(1, 1, 10);
    take(gates, ONE, "one", Duration.ofSeconds(5));
    take(gates, TWO, "two", Duration.ofSeconds(5));

    assertThat(told).containsExactly("one", "two");
  }

  @Test
  void refusesAtOnceWhenTooManyWait() {
    RateGates gates = gates(1, 1, 2);
    for (int i = 0; i < 4; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(60));
    }

    assertThat(told)
        .containsExactly(
            "n0",
            "n3 OVERLOADED was not asked: it is asked at most 1 times a second by all processes"
                + " together, and others wait");
  }

  @Test
  void givenATableFullOfOtherResolvers_whenOneMoreIsAsked_thenItIsRefusedAsThatAndNotAsARate() {
    RateGates gates = gates(new ResolverRates(new ResolverRates.Limits(1, 1, 10, 1), () -> now));
    take(gates, ONE, "one", Duration.ofSeconds(5));
    take(gates, TWO, "two", Duration.ofSeconds(5));

    assertThat(told)
        .containsExactly(
            "one",
            "two OVERLOADED was not asked: too many resolvers with limits at once, more than"
                + " resolver.rate-resolvers: 1");
    assertThat(gates.waiting()).isZero();

    pass(Duration.ofSeconds(3));
    take(gates, TWO, "again", Duration.ofSeconds(5));
    assertThat(told).last().isEqualTo("again");
  }

  @Test
  void refusesAtOnceWhatWouldComeTooLate() {
    RateGates gates = gates(1, 1, 1000);
    take(gates, ONE, "n0", Duration.ofSeconds(5));
    take(gates, ONE, "n1", Duration.ofMillis(500));

    assertThat(told).hasSize(2).last().asString().startsWith("n1 OVERLOADED");
    assertThat(gates.waiting()).isZero();
  }

  @Test
  void givesTheTurnOfOneWhoLeavesToTheNext() {
    RateGates gates = gates(10, 1, 1000);
    take(gates, ONE, "n0", Duration.ofSeconds(5));
    Revocable leaving = take(gates, ONE, "n1", Duration.ofSeconds(5));
    take(gates, ONE, "n2", Duration.ofSeconds(5));

    leaving.cancel();
    pass(Duration.ofMillis(110));

    assertThat(told).containsExactly("n0", "n1 CANCELLED was cancelled by the caller", "n2");
    assertThat(gates.waiting()).isZero();
  }

  @Test
  void endsAllWaitingWhenItCloses() {
    RateGates gates = gates(1, 1, 1000);
    take(gates, ONE, "n0", Duration.ofSeconds(5));
    take(gates, ONE, "n1", Duration.ofSeconds(5));

    gates.close();

    assertThat(told)
        .hasSize(2)
        .last()
        .asString()
        .startsWith("n1 OVERLOADED was cancelled: the client");
  }

  @Test
  void countsAllEventLoopsTogether() {
    ResolverRates rates = new ResolverRates(new ResolverRates.Limits(10, 1, 1000, 100), () -> now);
    RateGates one = gates(rates);
    RateGates other = gates(rates);
    take(one, ONE, "n0", Duration.ofSeconds(5));
    take(other, ONE, "n1", Duration.ofSeconds(5));
    take(one, ONE, "n2", Duration.ofSeconds(5));

    assertThat(told).containsExactly("n0");
    pass(Duration.ofMillis(110));
    assertThat(told).containsExactly("n0", "n1");
    pass(Duration.ofMillis(100));
    assertThat(told).containsExactly("n0", "n1", "n2");
    assertThat(one.waiting() + other.waiting()).isZero();
  }

  @Test
  void servesThoseWhoStayWhenAnotherEventLoopCloses() {
    ResolverRates rates = new ResolverRates(new ResolverRates.Limits(10, 1, 1000, 100), () -> now);
    RateGates one = gates(rates);
    RateGates other = gates(rates);
    take(one, ONE, "n0", Duration.ofSeconds(5));
    take(one, ONE, "n1", Duration.ofSeconds(5));
    take(other, ONE, "n2", Duration.ofSeconds(5));

    one.close();
    pass(Duration.ofMillis(110));

    assertThat(told)
        .containsExactly("n0", "n1 OVERLOADED was cancelled: the client is shutting down", "n2");
  }

  @Test
  void givenSeveralProcesses_whenOneAsks_thenItHasItsShareOfRateAndBurst() {
    RateGates gates = gates(shared(100, 10, () -> 4));
    for (int i = 0; i < 40; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(5));
    }

    assertThat(told).hasSize(2);
    pass(Duration.ofSeconds(1));
    assertThat(told.size() - 2).isBetween(25, 26);
  }

  @Test
  void givenMoreProcessesThanTheBurst_whenOneAsks_thenItMayStillAskOnceAtOnce() {
    RateGates gates = gates(shared(100, 3, () -> 50));
    take(gates, ONE, "n0", Duration.ofSeconds(5));
    take(gates, ONE, "n1", Duration.ofSeconds(5));

    assertThat(told).containsExactly("n0");
    pass(Duration.ofMillis(510));
    assertThat(told).containsExactly("n0", "n1");
  }

  @Test
  void givenTurnsThatWait_whenAnotherProcessComes_thenTheyComeAtTheNewRate() {
    int[] processes = {1};
    RateGates gates = gates(shared(100, 1, () -> processes[0]));
    for (int i = 0; i < 100; i++) {
      take(gates, ONE, "n" + i, Duration.ofSeconds(5));
    }
    pass(Duration.ofMillis(200));
    int before = told.size();

    processes[0] = 2;
    pass(Duration.ofMillis(200));

    assertThat(told.size() - before).isBetween(9, 11);
    processes[0] = 1;
    before = told.size();
    pass(Duration.ofMillis(200));
    assertThat(told.size() - before).isBetween(18, 21);
  }

  @Test
  void givenTurnsThatWait_whenSoManyProcessesComeThatATurnIsTooLate_thenItIsRefusedAtItsDeadline() {
    int[] processes = {1};
    RateGates gates = gates(shared(10, 1, () -> processes[0]));
    take(gates, ONE, "n0", Duration.ofSeconds(5));
    take(gates, ONE, "n1", Duration.ofMillis(500));
    take(gates, ONE, "n2", Duration.ofMillis(500));

    processes[0] = 100;
    pass(Duration.ofSeconds(1));

    assertThat(told).hasSize(3).startsWith("n0", "n1");
    assertThat(told.getLast()).startsWith("n2 TIMEOUT was not asked in time");
    assertThat(gates.waiting()).isZero();
  }

  private ResolverRates shared(int perSecond, int burst, IntSupplier processes) {
    return new ResolverRates(
        new ResolverRates.Limits(perSecond, burst, 1000, 100), () -> now, processes);
  }

  private RateGates gates(int perSecond, int burst, int waiting) {
    return gates(
        new ResolverRates(new ResolverRates.Limits(perSecond, burst, waiting, 100), () -> now));
  }

  private RateGates gates(ResolverRates rates) {
    return new RateGates(rates, wheel, Runnable::run);
  }

  private Revocable take(RateGates gates, InetAddress address, String name, Duration retryPolicy) {
    return gates.take(
        address,
        now + retryPolicy.toNanos(),
        () -> told.add(name),
        refusal -> told.add(name + " " + refusal.fault() + " " + refusal.getMessage()));
  }

  private void pass(Duration time) {
    long end = now + time.toNanos();
    while (!agenda.isEmpty() && agenda.peek().at() <= end) {
      Later next = agenda.poll();
      now = next.at();
      next.action().run();
    }
    now = end;
  }
}
