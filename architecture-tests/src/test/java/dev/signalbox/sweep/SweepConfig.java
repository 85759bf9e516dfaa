package dev.signalbox.sweep;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;

/**
 * Configuration of sweep-service.
 *
 * @param concurrency queries in flight at once for one sweep, 1 to 256
 * @param maxInFlight sweeps in flight at once, 1 to 1,000
 */
public record SweepConfig(
    @Setting(value = "16", doc = "Queries in flight at once for one sweep; 1 to 256")
        int concurrency,
    @Setting(value = "100", doc = "Sweeps in flight at once; 1 to 1,000") int maxInFlight) {

  public SweepConfig {
    ConfigProblems.of("sweep")
        .range("concurrency", concurrency, 1, 256)
        .range("max-in-flight", maxInFlight, 1, 1_000)
        .throwIfAny();
  }
}
