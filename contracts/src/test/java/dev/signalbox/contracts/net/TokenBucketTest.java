package dev.signalbox.contracts.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a clock of the test's own. */
class TokenBucketTest {

  private static final long SECOND = 1_000_000_000L;

  @Property
  void givenAnyRate_whenTokensAreTakenAtAnyTime_thenNoSecondHasMoreThanTheRateAndTheCapacity(
      @ForAll long begin,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 500) int rate,
      @ForAll @IntRange(min = 1, max = 50) int capacity) {
    Random random = new Random(seed);
    TokenBucket bucket = TokenBucket.full(rate, capacity, begin);
    int taken = 0;
    for (long now = begin; now - begin < SECOND; now += 1 + random.nextLong(SECOND / 100)) {
      while (bucket.tryTake(now)) {
        taken++;
      }
    }

    assertThat(taken).isBetween(capacity, capacity + rate);
  }

  @Property
  void givenAnyRate_whenATokenIsDue_thenItIsThereAndNotEarlier(
      @ForAll long begin,
      @ForAll @IntRange(min = 1, max = 1_000_000) int rate,
      @ForAll @IntRange(min = 1, max = 100) int capacity,
      @ForAll @IntRange(min = 1, max = 200) int taken) {
    TokenBucket bucket = TokenBucket.full(rate, capacity, begin);
    bucket.take(capacity, begin);
    bucket.take(taken, begin);
    long due = bucket.dueAt(1);

    assertThat(bucket.available(due - SECOND / rate / 2)).isLessThan(1);
    assertThat(bucket.tryTake(due - 1)).isFalse();
    assertThat(bucket.available(due)).isEqualTo(1);
    assertThat(bucket.tryTake(due)).isTrue();
  }

  @Test
  void givenTokensThatOthersWaitFor_whenOneMoreWaits_thenItIsDueAfterThem() {
    TokenBucket bucket = TokenBucket.full(10, 2, 0);
    bucket.take(2, 0);

    assertThat(bucket.dueAt(1)).isEqualTo(SECOND / 10);
    assertThat(bucket.dueAt(4)).isEqualTo(4 * SECOND / 10);
  }

  @Test
  void givenALongPause_whenItEnds_thenNoMoreThanTheCapacityIsThere() {
    TokenBucket bucket = TokenBucket.empty(10, 3, 0);

    assertThat(bucket.available(0)).isZero();
    assertThat(bucket.isFull(SECOND / 10)).isFalse();
    assertThat(bucket.available(3_600 * SECOND)).isEqualTo(3);
    assertThat(bucket.isFull(3_600 * SECOND)).isTrue();
  }

  @Test
  void givenMoreTakenThanThereWere_whenTimePasses_thenTheyAreMissedFirst() {
    TokenBucket bucket = TokenBucket.full(10, 1, 0);
    bucket.take(3, 0);

    assertThat(bucket.available(0)).isEqualTo(-2);
    assertThat(bucket.tryTake(2 * SECOND / 10)).isFalse();
    assertThat(bucket.tryTake(3 * SECOND / 10)).isTrue();
  }

  @Test
  void givenAnotherRate_whenItIsSet_thenTokensThatAreThereStayAndOthersComeAtIt() {
    TokenBucket bucket = TokenBucket.full(1_000, 10, 0);
    bucket.take(5, 0);

    bucket.change(10, 8, 0);

    assertThat(bucket.available(0)).isEqualTo(5);
    assertThat(bucket.available(SECOND / 10)).isEqualTo(6);
    assertThat(bucket.available(SECOND)).isEqualTo(8);
  }

  @Test
  void givenASmallerCapacity_whenItIsSet_thenTokensWithoutRoomAreLost() {
    TokenBucket bucket = TokenBucket.full(10, 10, 0);

    bucket.change(10, 2, 0);

    assertThat(bucket.available(0)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "NaN, 1", "1, 0.5", "1, NaN"})
  void givenARateOrCapacityThatLetsNothingThrough_whenABucketIsMade_thenItIsRefused(
      double rate, double capacity) {
    assertThatThrownBy(() -> TokenBucket.full(rate, capacity, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
