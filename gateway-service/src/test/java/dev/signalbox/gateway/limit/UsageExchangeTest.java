package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.gateway.TokensUsed;
import dev.signalbox.contracts.gateway.TokensUsed.RequestsSent;
import dev.signalbox.contracts.gateway.TokensUsed.TasksBegun;
import dev.signalbox.gateway.limit.DailyTasks.Tally;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageExchangeTest {

  private static final long TODAY = LocalDate.parse("2026-11-29").toEpochDay();
  private static final int TICKS_UNTIL_REPEATED = 120;

  /** A gateway whose messages the test delivers. */
  private static final class Gateway {

    private final DailyTasks tasks;
    private final RequestTotals requests = new RequestTotals();
    private final Map<String, Long> elsewhere = new HashMap<>();
    private final List<TokensUsed> sent = new ArrayList<>();
    private final UsageExchange exchange;

    private Gateway(String id) {
      tasks = new DailyTasks(id, () -> Instant.parse("2026-11-29T12:00:00Z"));
      exchange =
          new UsageExchange(
              id,
              tasks,
              requests,
              (token, count) -> elsewhere.merge(token, count, Long::sum),
              sent::add);
    }

    private List<TokensUsed> tick() {
      sent.clear();
      exchange.tick();
      return List.copyOf(sent);
    }

    private void hear(List<TokensUsed> messages) {
      messages.forEach(exchange::onUsed);
    }

    private long left() {
      return tasks.look("ci", 10).remaining();
    }
  }

  private final Gateway one = new Gateway("one");
  private final Gateway two = new Gateway("two");

  @Test
  void givenTasksAtBothGateways_whenTheyTell_thenBothKnowTheSum() {
    one.tasks.take("ci", 10);
    one.tasks.take("ci", 10);
    two.tasks.take("ci", 10);

    two.hear(one.tick());
    one.hear(two.tick());

    assertThat(one.left()).isEqualTo(7);
    assertThat(two.left()).isEqualTo(7);
  }

  @Test
  void givenNothingNew_whenTimePasses_thenNothingIsTold() {
    assertThat(one.tick()).isEmpty();
    one.tasks.take("ci", 10);
    one.requests.add("ci");
    assertThat(one.tick()).hasSize(2);
    assertThat(one.tick()).isEmpty();
  }

  @Test
  void givenMessagesTwiceAndOutOfOrder_whenHeard_thenNothingCountsTwice() {
    List<TokensUsed> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      one.tasks.take("ci", 10);
      one.requests.add("ci");
      all.addAll(one.tick());
    }
    List<TokensUsed> backwards = new ArrayList<>(all);
    Collections.reverse(backwards);
    // The last alone first, so that of those before only it is new.
    two.hear(backwards);
    two.hear(all);

    assertThat(two.left()).isEqualTo(7);
    assertThat(two.elsewhere).containsExactly(Map.entry("ci", 1L));
  }

  @Test
  void givenMessagesInOrder_whenHeard_thenEveryRequestCountsOnce() {
    for (int i = 0; i < 3; i++) {
      one.requests.add("ci");
      List<TokensUsed> news = one.tick();
      two.hear(news);
      two.hear(news);
    }

    assertThat(two.elsewhere).containsExactly(Map.entry("ci", 3L));
  }

  @Test
  void givenASplitInWhichBothCount_whenItHeals_thenTheTasksOfBothAddUp() {
    for (int i = 0; i < 4; i++) {
      one.tasks.take("ci", 10);
      two.tasks.take("ci", 10);
    }
    one.tick(); // Nobody hears it.
    two.tick();
    assertThat(one.left()).isEqualTo(6);

    List<TokensUsed> ofOne = new ArrayList<>();
    List<TokensUsed> ofTwo = new ArrayList<>();
    for (int i = 0; i < TICKS_UNTIL_REPEATED; i++) {
      ofOne.addAll(one.tick());
      ofTwo.addAll(two.tick());
    }
    one.hear(ofTwo);
    two.hear(ofOne);

    assertThat(one.left()).isEqualTo(2);
    assertThat(two.left()).isEqualTo(2);
  }

  @Test
  void givenAGatewayThatWasKilled_whenAnotherStartsAndAsks_thenItIsToldItsTasksToo() {
    one.tasks.take("ci", 10);
    one.tasks.take("ci", 10);
    two.hear(one.tick());
    two.tasks.take("ci", 10);
    two.tick();
    Gateway three = new Gateway("three");

    two.exchange.onWanted();
    three.hear(two.tick());

    assertThat(three.tasks.tallies())
        .containsExactlyInAnyOrder(
            new Tally(TODAY, "one", "ci", 2), new Tally(TODAY, "two", "ci", 1));
  }

  @Test
  void givenMoreTotalsThanAMessageMayHave_whenTold_thenEachMessageHasNoMore() {
    for (int i = 0; i < 2_500; i++) {
      one.tasks.take("token-" + i, 10);
    }

    List<TokensUsed> told = one.tick();

    assertThat(told).extracting(used -> used.tasks().size()).containsExactly(1_000, 1_000, 500);
    two.hear(told);
    assertThat(two.tasks.tallies()).hasSize(2_500);
  }

  @Test
  void givenAMessageThatNoGatewaySends_whenHeard_thenItIsIgnored() {
    List<TasksBegun> tasks = List.of(new TasksBegun(TODAY, "ci", 5));
    two.exchange.onUsed(new TokensUsed("", tasks, List.of()));
    two.exchange.onUsed(new TokensUsed("x".repeat(129), tasks, List.of()));
    two.exchange.onUsed(new TokensUsed("two", tasks, List.of()));
    two.exchange.onUsed(
        new TokensUsed("one", Collections.nCopies(1_001, tasks.getFirst()), List.of()));
    two.exchange.onUsed(
        new TokensUsed(
            "one",
            List.of(new TasksBegun(TODAY, "no name", 5), new TasksBegun(TODAY + 9, "ci", 5)),
            List.of(new RequestsSent("no name", 5, 0), new RequestsSent("ci", -5, -9))));

    assertThat(two.tasks.tallies()).isEmpty();
    assertThat(two.elsewhere).isEmpty();
  }

  @Test
  void givenAGatewayThatHasRunForLong_whenFirstHeard_thenItsEarlierRequestsAreNotTaken() {
    two.exchange.onUsed(
        new TokensUsed("one", List.of(), List.of(new RequestsSent("ci", 1_000_005, 1_000_000))));

    assertThat(two.elsewhere).containsExactly(Map.entry("ci", 5L));
  }

  @Test
  void givenMoreSourcesThanAreKnown_whenHeard_thenTheOldestGoes() {
    for (int i = 0; i < RequestTotals.MAX_HEARD + 1; i++) {
      two.requests.merge("gateway-" + i, new RequestsSent("ci", 1, 0));
    }

    assertThat(two.requests.merge("gateway-1", new RequestsSent("ci", 1, 0))).isZero();
    assertThat(two.requests.merge("gateway-0", new RequestsSent("ci", 2, 1))).isEqualTo(1);
  }
}
