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
class TokenBucketTest {

  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @ValueSource(ints = {100, 300, 1_000, 50_000})
  void givenALoopThatWakesUpInTime_whenASecondPasses_thenTheRateIsExactToOnePercent(int rate) {
    TokenBucket bucket = new TokenBucket(rate, 0);
    long now = 0;
    for (int second = 0; second < 5; second++) {
      long end = (second + 1) * SECOND;
      int sent = 0;
      while (now < end) {
        int available = bucket.available(now);
        bucket.take(available);
        sent += available;
        now += Math.max(100_000, bucket.nanosToNext());
      }
      assertThat((double) sent).isBetween(rate * 0.99, rate * 1.01);
    }
  }

  @Property(tries = 50)
  void givenALoopThatWakesUpAnyhow_whenAnySecondPasses_thenTheRateIsNotExceeded(
      @ForAll long seed, @ForAll @IntRange(min = 10, max = 5_000) int rate) {
    Random random = new Random(seed);
    TokenBucket bucket = new TokenBucket(rate, 0);
    long[] sentAt = new long[rate * 4 + 100];
    int sent = 0;
    for (long now = 0; now < 3 * SECOND; now += 1 + random.nextLong(30_000_000)) {
      int available = bucket.available(now);
      bucket.take(available);
      for (int i = 0; i < available; i++) {
        sentAt[sent++] = now;
      }
    }
    int first = 0;
    for (int last = 0; last < sent; last++) {
      while (sentAt[last] - sentAt[first] >= SECOND) {
        first++;
      }
      assertThat((double) (last - first + 1))
          .isLessThanOrEqualTo(rate + Math.max(2, rate * 0.01) + 1);
    }
  }

  @Property(tries = 100)
  void givenAPause_whenItEnds_thenTheBurstIsTenMillisecondsWorth(
      @ForAll @IntRange(min = 1, max = 1_000_000) int rate,
      @ForAll @LongRange(min = 1, max = 3_600 * SECOND) long pause) {
    TokenBucket bucket = new TokenBucket(rate, 0);

    assertThat((double) bucket.available(pause)).isLessThanOrEqualTo(Math.max(2, rate * 0.01));
  }

  @Test
  void givenAnotherRate_whenItIsSet_thenItHoldsFromThen() {
    TokenBucket bucket = new TokenBucket(1_000, 0);
    bucket.take(bucket.available(SECOND));
    bucket.rate(100);

    assertThat(bucket.available(SECOND + 10_000_000)).isEqualTo(1);
  }
}
