package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private final PrometheusMeterRegistry metrics = Metrics.registry(false);

  @Test
  void givenATimerWithoutBucketsWhenScrapedThenItIsAHistogramOfFixedBuckets() {
    Timer timer = Timer.builder("work").description("Time to work").register(metrics);
    timer.record(Duration.ofMillis(1));
    timer.record(Duration.ofMillis(70));
    timer.record(Duration.ofSeconds(31));

    assertThat(metrics.scrape())
        .contains(
            "# HELP work_seconds Time to work\n",
            "# TYPE work_seconds histogram\n",
            "work_seconds_bucket{le=\"0.001\"} 1\n",
            "work_seconds_bucket{le=\"0.05\"} 1\n",
            "work_seconds_bucket{le=\"0.1\"} 2\n",
            "work_seconds_bucket{le=\"30.0\"} 2\n",
            "work_seconds_bucket{le=\"+Inf\"} 3\n",
            "work_seconds_count 3\n",
            "# HELP work_seconds_max Time to work\n");
  }

  @Test
  void givenATimerWhenScrapedThenItHasEighteenSeries() {
    Timer.builder("work").register(metrics).record(Duration.ofSeconds(1));

    assertThat(metrics.scrape().lines().filter(line -> line.startsWith("work_"))).hasSize(18);
  }

  @Test
  void givenASummaryThatIsNoDurationWhenScrapedThenItHasNoBuckets() {
    DistributionSummary.builder("size").register(metrics).record(1);

    assertThat(metrics.scrape()).contains("size_count 1").doesNotContain("size_bucket");
  }
}
