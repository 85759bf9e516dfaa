package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.DailyTasks.Tally;
import dev.signalbox.gateway.limit.DailyTasks.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DailyTasksTest {

  private static final long TODAY = LocalDate.parse("2026-11-29").toEpochDay();

  private Instant now = Instant.parse("2026-11-29T23:59:00Z");
  private final DailyTasks tasks = new DailyTasks("here", () -> now);

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void givenALimit_whenItIsReached_thenNoMoreIsGrantedUntilTheUtcDayEnds() {
    assertThat(tasks.take("ci", 2)).isEqualTo(new Usage(true, 1, 60));
    assertThat(tasks.take("ci", 2)).isEqualTo(new Usage(true, 0, 60));
    assertThat(tasks.take("ci", 2)).isEqualTo(new Usage(false, 0, 60));

    pass(Duration.ofSeconds(59));
    assertThat(tasks.take("ci", 2)).isEqualTo(new Usage(false, 0, 1));
    pass(Duration.ofSeconds(1));
    assertThat(tasks.take("ci", 2)).isEqualTo(new Usage(true, 1, 86_400));
  }

  @Test
  void givenALimitThatIsReached_whenAnotherTokenAsks_thenItHasItsOwn() {
    tasks.take("ci", 1);

    assertThat(tasks.take("ci", 1).granted()).isFalse();
    assertThat(tasks.take("bob", 1).granted()).isTrue();
  }

  @Test
  void givenACount_whenTheLimitIsLoweredOrRaised_thenTheCountStays() {
    tasks.take("ci", 10);
    tasks.take("ci", 10);

    assertThat(tasks.take("ci", 1)).isEqualTo(new Usage(false, 0, 60));
    assertThat(tasks.take("ci", 3)).isEqualTo(new Usage(true, 0, 60));
  }

  @Test
  void givenNoUse_whenLookedAt_thenAllIsLeftAndNothingIsTaken() {
    assertThat(tasks.look("ci", 1)).isEqualTo(new Usage(true, 1, 60));
    assertThat(tasks.look("ci", 1)).isEqualTo(new Usage(true, 1, 60));
    assertThat(tasks.tallies()).isEmpty();
  }

  @Test
  void givenAClockThatGoesBackOverMidnight_whenTasksBegin_thenEachDayGoesOnWithItsCount() {
    tasks.take("ci", 1);
    pass(Duration.ofMinutes(2));
    tasks.take("ci", 1);
    pass(Duration.ofMinutes(-2));

    assertThat(tasks.take("ci", 1).granted()).isFalse();
    pass(Duration.ofMinutes(2));
    assertThat(tasks.take("ci", 1).granted()).isFalse();
  }

  @Test
  void givenAClockThatIsSetFarOff_whenItIsRightAgain_thenTheDayGoesOnWithItsCount() {
    tasks.take("ci", 1);
    pass(Duration.ofDays(400));
    tasks.take("ci", 1);
    pass(Duration.ofDays(-400));

    assertThat(tasks.take("ci", 1).granted()).isFalse();
    assertThat(tasks.tallies())
        .containsExactlyInAnyOrder(
            new Tally(TODAY, "here", "ci", 1), new Tally(TODAY + 400, "here", "ci", 1));
  }

  @Test
  void givenOtherGatewaysThatSpeakFirst_whenManyDaysPass_thenTheLastDaysAloneAreKept() {
    for (int day = 0; day < 300; day++) {
      for (int token = 0; token < 100; token++) {
        tasks.merge(new Tally(TODAY + day, "there-" + day, "token-" + token, 10));
      }
      if (day % 2 == 0) {
        tasks.take("token-0", 10);
      }
      assertThat(tasks.tallies().stream().map(Tally::day).distinct().count()).isLessThan(5);
      pass(Duration.ofDays(1));
    }

    tasks.merge(new Tally(TODAY + 300, "there", "token-0", 10));
    assertThat(tasks.take("token-0", 10).granted()).isFalse();
  }

  @Test
  void givenATotalThatNoLimitReaches_whenHeard_thenItIsIgnored() {
    tasks.take("ci", 1);

    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", Long.MAX_VALUE))).isFalse();
    assertThat(tasks.take("ci", 1).granted()).isFalse();
  }

  @Test
  void givenThreadsThatHearTheSame_whenTheyMergeAtOnce_thenEachTotalTakesOnePlace()
      throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> merging = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        merging.add(
            threads.submit(() -> {
              for (int i = 0; i < DailyTasks.MAX_TALLIES; i++) {
                tasks.merge(new Tally(TODAY, "gateway-" + i, "ci", 1));
              }
            }));
      }
      for (Future<?> one : merging) {
        one.get();
      }
    }

    assertThat(tasks.tallies()).hasSize(DailyTasks.MAX_TALLIES);
  }

  @Test
  void givenManyThreads_whenTheyTakeAtOnce_thenNoMoreThanTheLimitIsGranted() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> granted =
          threads.invokeAll(
              IntStream.range(0, 4)
                  .mapToObj(_ ->
                      (java.util.concurrent.Callable<Long>)
                          () ->
                              IntStream.range(0, 5_000)
                                  .filter(_ -> tasks.take("ci", 7_777).granted())
                                  .count())
                  .toList());
      long all = 0;
      for (Future<Long> one : granted) {
        all += one.get();
      }
      assertThat(all).isEqualTo(7_777);
    }
  }

  @Test
  void givenTotalsOfAnotherGateway_whenHeardAgainAndOutOfOrder_thenTheGreatestCountsOnce() {
    tasks.take("ci", 10);
    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", 3))).isTrue();
    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", 5))).isTrue();
    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", 4))).isFalse();
    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", 5))).isFalse();
    tasks.merge(new Tally(TODAY, "third", "ci", 2));

    assertThat(tasks.look("ci", 10).remaining()).isEqualTo(2);
    assertThat(tasks.tallies())
        .containsExactlyInAnyOrder(
            new Tally(TODAY, "here", "ci", 1),
            new Tally(TODAY, "there", "ci", 5),
            new Tally(TODAY, "third", "ci", 2));
  }

  @Test
  void givenMoreThanTheLimitElsewhere_whenATaskBegins_thenItIsRefusedAndNothingIsLeft() {
    tasks.merge(new Tally(TODAY, "there", "ci", 50));

    assertThat(tasks.take("ci", 10)).isEqualTo(new Usage(false, 0, 60));
  }

  @Test
  void givenTotalsOfItselfOfOtherDaysOrOfNothing_whenHeard_thenTheyAreIgnored() {
    assertThat(tasks.merge(new Tally(TODAY, "here", "ci", 9))).isFalse();
    assertThat(tasks.merge(new Tally(TODAY - 2, "there", "ci", 9))).isFalse();
    assertThat(tasks.merge(new Tally(TODAY + 2, "there", "ci", 9))).isFalse();
    assertThat(tasks.merge(new Tally(Long.MIN_VALUE, "there", "ci", 9))).isFalse();
    assertThat(tasks.merge(new Tally(TODAY, "there", "ci", -9))).isFalse();
    assertThat(tasks.tallies()).isEmpty();
  }

  @Test
  void givenTotalsOfTomorrow_whenMidnightPasses_thenTheyCount() {
    tasks.merge(new Tally(TODAY + 1, "there", "ci", 9));
    assertThat(tasks.look("ci", 10).remaining()).isEqualTo(10);

    pass(Duration.ofMinutes(1));

    assertThat(tasks.take("ci", 10).remaining()).isZero();
  }

  @Test
  void givenAsManyTotalsAsAreKept_whenOneMoreIsHeard_thenOnlyThatIsIgnored() {
    for (int i = 0; i < DailyTasks.MAX_TALLIES; i++) {
      tasks.merge(new Tally(TODAY, "gateway-" + i, "ci", 1));
    }

    assertThat(tasks.merge(new Tally(TODAY, "one-more", "ci", 1))).isFalse();
    assertThat(tasks.merge(new Tally(TODAY, "gateway-0", "ci", 2))).isTrue();
    assertThat(tasks.tallies()).hasSize(DailyTasks.MAX_TALLIES);

    pass(Duration.ofDays(3));
    tasks.take("ci", 1_000_000);
    assertThat(tasks.merge(new Tally(TODAY + 3, "one-more", "ci", 1))).isTrue();
  }
}
