package dev.signalbox.platform.node;

import dev.signalbox.platform.trace.Exemplars;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a process. Every {@link io.micrometer.core.instrument.Timer} of ours becomes a
 * Prometheus histogram with the same fixed buckets, so that durations of several processes can be
 * added up and their percentiles computed by the monitoring system.
 */
final class Metrics {

  /**
   * Upper bounds of the buckets. With {@code +Inf}, sum, count and maximum these are 18 series for
   * each combination of a timer's labels.
   */
  private static final double[] BUCKET_MILLIS = {
    1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000
  };

  /** Pauses of collectors are timed by action, cause and collector: a sum and a count will do. */
  private static final String JVM = "jvm.";

  private static final DistributionStatisticConfig BUCKETS =
      DistributionStatisticConfig.builder()
          .serviceLevelObjectives(
              Arrays.stream(BUCKET_MILLIS).map(millis -> millis * 1e6).toArray())
          .build();

  private static final PrometheusConfig SETTINGS =
      new PrometheusConfig() {
        @Override
        public @Nullable String get(String key) {
          return null;
        }

        @Override
        public Properties prometheusProperties() {
          // Micrometer would have them on counts of histograms too, where OpenMetrics has none.
          Properties properties = new Properties();
          properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
          return properties;
        }
      };

  private Metrics() {}

  /**
   * A registry.
   *
   * @param traced whether there may be traces for exemplars
   */
  static PrometheusMeterRegistry registry(boolean traced) {
    var registry =
        new PrometheusMeterRegistry(
            SETTINGS, new PrometheusRegistry(), Clock.SYSTEM, traced ? new Exemplars() : null);
    registry
        .config()
        .meterFilter(ProcessMetrics.names())
        .meterFilter(
            new MeterFilter() {
              @Override
              public DistributionStatisticConfig configure(
                  Meter.Id id, DistributionStatisticConfig config) {
                return id.getType() == Meter.Type.TIMER && !id.getName().startsWith(JVM)
                    ? BUCKETS.merge(config)
                    : config;
              }
            });
    return registry;
  }
}
