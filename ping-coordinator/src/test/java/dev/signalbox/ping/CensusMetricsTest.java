package dev.signalbox.ping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.GetProgressReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CensusMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CensusMetrics metrics = new CensusMetrics();

  @BeforeEach
  void bind() {
    metrics.bindTo(registry);
  }

  private static GetProgressReply progress(int done) {
    return new GetProgressReply(100, 90 - done, 7, done, 3, 1_000L * done, 1, 1, 1, 2, 0);
  }

  private double tasks(String state) {
    return registry.get("signalbox.census.tasks").tag("state", state).gauge().value();
  }

  @Test
  void givenNothingHeard_whenRead_thenNoNumberIsMadeUp() {
    assertThat(tasks("done")).isNaN();
    assertThat(registry.get("signalbox.census.round").gauge().value()).isNaN();
  }

  @Test
  void givenTheProgressAtTheStart_whenTheCensusGoesOn_thenTheLastOneCounts() {
    metrics.begin(progress(4));
    assertThat(tasks("available")).isEqualTo(86);
    assertThat(tasks("in_progress")).isEqualTo(7);
    assertThat(tasks("done")).isEqualTo(4);
    assertThat(tasks("error")).isEqualTo(3);

    metrics.update(progress(5));

    assertThat(tasks("done")).isEqualTo(5);
    assertThat(registry.get("signalbox.census.round").gauge().value()).isEqualTo(2);
    assertThat(registry.get("signalbox.census.answered.addresses").gauge().value())
        .isEqualTo(5_000);
  }

  @Test
  void givenAnEventBeforeTheFirstRead_whenThatReadArrives_thenTheEventStays() {
    metrics.update(progress(5));

    metrics.begin(progress(4));

    assertThat(tasks("done")).isEqualTo(5);
  }
}
