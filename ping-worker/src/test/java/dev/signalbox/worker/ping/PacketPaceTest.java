package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a clock of the test's own. */
class PacketPaceTest {

  private static final long SECOND = 1_000_000_000L;

  @Property(tries = 60)
  void givenALoopThatWakesUpInTime_whenTenSecondsPass_thenOnePercentLessIsSentAtMost(
      @ForAll @IntRange(min = 1, max = 1_000_000) int rate) {
    sentInTime(rate);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 100, 199, 300, 1_000, 50_000})
  void givenALoopThatWakesUpInTime_whenTenSecondsPassAtThisRate_thenTheSameHolds(int rate) {
    sentInTime(rate);
  }

  private static void sentInTime(int rate) {
    PacketPace pace = new PacketPace(rate, 0);
    long sent = 0;
    // As the engine does: it sleeps whole milliseconds, twenty at most, and wakes up a bit late.
    for (long now = 0; now < 10 * SECOND; ) {
      int available = pace.available(now);
      pace.take(available, now);
      sent += available;
      long wait = pace.nanosToNext(now);
      now += wait == 0 ? 50_000 : Math.clamp(wait / 1_000_000, 1, 20) * 1_000_000 + 60_000;
    }
    // The first packet may leave once it is due, so that the last of ten seconds comes at their
    // end.
    assertThat((double) sent).isBetween(rate * 9.9 - 1, rate * 10.1 + 1);
  }

  @Property(tries = 100)
  void givenALoopThatWakesUpAnyhow_whenAnySecondPasses_thenTheRateIsNotExceeded(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5_000) int rate) {
    Random random = new Random(seed);
    PacketPace pace = new PacketPace(rate, 0);
    long[] sentAt = new long[rate * 4 + 100];
    int sent = 0;
    for (long now = 0; now < 3 * SECOND; now += 1 + random.nextLong(30_000_000)) {
      int available = pace.available(now);
      pace.take(available, now);
      for (int i = 0; i < available; i++) {
        sentAt[sent++] = now;
      }
    }
    int first = 0;
    for (int last = 0; last < sent; last++) {
      while (sentAt[last] - sentAt[first] >= SECOND) {
        first++;
      }
      assertThat((double) (last - first + 1)).isLessThanOrEqualTo(rate * 1.01 + 1);
    }
  }

  @Property(tries = 100)
  void givenAPause_whenItEnds_thenTheBurstIsOneAndTenMillisecondsWorth(
      @ForAll @IntRange(min = 1, max = 1_000_000) int rate,
      @ForAll @LongRange(min = 1, max = 3_600 * SECOND) long pause) {
    PacketPace pace = new PacketPace(rate, 0);

    assertThat((double) pace.available(pause)).isLessThanOrEqualTo(1 + rate * 0.01);
  }

  @Test
  void givenAnotherRate_whenItIsSet_thenItHoldsFromThen() {
    PacketPace pace = new PacketPace(1_000, 0);
    pace.take(pace.available(SECOND), SECOND);
    pace.rate(100, SECOND);

    assertThat(pace.available(SECOND + 10_000_000)).isEqualTo(1);
  }
}
