package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {

  @Test
  void nothingIsSaidOfAWindowWithoutRequests() {
    assertThat(new LatencyWindow().percentileMillis(0.5)).isNull();
    assertThat(new LatencyWindow().percentileMillis(0.99)).isNull();
  }

  @Property(tries = 500)
  void aSingleValueIsFoundAgainWithinTheResolution(
      @ForAll @LongRange(min = 100_000, max = 1_000_000_000_000L) long nanos) {
    LatencyWindow window = new LatencyWindow();

    window.record(nanos);

    assertThat(window.percentileMillis(0.5)).isCloseTo(nanos / 1e6, Percentage.withPercentage(1.0));
  }

  @Test
  void percentilesSplitTheValues() {
    LatencyWindow window = new LatencyWindow();
    for (int i = 0; i < 99; i++) {
      window.record(1_000_000);
    }
    window.record(1_000_000_000);

    assertThat(window.percentileMillis(0.50)).isCloseTo(1.0, within(0.01));
    assertThat(window.percentileMillis(0.999)).isCloseTo(1_000, within(10.0));
  }

  @Test
  void extremesDoNotBreakIt() {
    LatencyWindow window = new LatencyWindow();

    window.record(-1);
    window.record(0);
    window.record(Long.MAX_VALUE);

    assertThat(window.percentileMillis(1.0)).isPositive();
  }
}
