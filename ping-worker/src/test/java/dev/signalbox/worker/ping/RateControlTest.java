package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateControlTest {

  private static final long SECOND = 1_000_000_000L;

  private final RateControl rates = new RateControl(300, 0);

  @Test
  void givenCongestion_whenItLasts_thenTheRateFallsToTheFloor() {
    for (int second = 1; second <= 60; second++) {
      rates.onCongestion(second * SECOND);
    }

    assertThat(rates.rate()).isEqualTo(RateControl.FLOOR);
  }

  @Test
  void givenManySignsOfOneCongestion_whenTheyComeWithinASecond_thenTheyCountOnce() {
    for (int i = 0; i < 1_000; i++) {
      rates.onCongestion(SECOND + i);
    }

    assertThat(rates.rate()).isEqualTo(210);
  }

  @Test
  void givenARateThatFell_whenNothingHappens_thenItRisesByTwoPercentASecondToItsLimit() {
    rates.onCongestion(SECOND);
    rates.onTime(2 * SECOND);

    assertThat(rates.rate()).isEqualTo(216);
    for (int second = 3; second < 60; second++) {
      rates.onTime(second * SECOND);
    }
    assertThat(rates.rate()).isEqualTo(300);
  }

  @Test
  void givenALowerLimit_whenItIsSet_thenTheRateIsNotAboveIt() {
    rates.limit(50);

    assertThat(rates.rate()).isEqualTo(50);
  }

  @Test
  void givenALimitBelowTheFloor_whenCongested_thenTheRateIsTheLimit() {
    rates.limit(5);
    rates.onCongestion(SECOND);

    assertThat(rates.rate()).isEqualTo(5);
  }

  @Test
  void givenALineWithoutTrouble_whenWatched_thenItIsNotCongested() {
    LatencyWatch watch = new LatencyWatch();

    assertThat(watch.congested(20)).isFalse();
    assertThat(watch.congested(110)).isFalse();
    assertThat(watch.congested(25)).isFalse();
  }

  @Test
  void givenThreeLateRepliesInARow_whenWatched_thenItIsCongested() {
    LatencyWatch watch = new LatencyWatch();

    assertThat(watch.congested(20)).isFalse();
    assertThat(watch.congested(400)).isFalse();
    assertThat(watch.congested(Double.POSITIVE_INFINITY)).isFalse();
    assertThat(watch.congested(400)).isTrue();
  }

  @Test
  void givenAHostThatNeverAnswered_whenWatched_thenItSaysNothing() {
    LatencyWatch watch = new LatencyWatch();

    for (int i = 0; i < 10; i++) {
      assertThat(watch.congested(Double.POSITIVE_INFINITY)).isFalse();
    }
  }
}
