package dev.signalbox.code;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.time.Duration;

/**
 * Section {@code code}.
 *
 * @param maxInFlight requests under way at once, 1 to 100,000; one more is refused as OVERLOADED
 * @param maxTextBytes longest message text in UTF-8 bytes, 1 to 1,048,576; longer is TOO_LARGE
 * @param maxBatch messages that share one transaction at most, 1 to 10,000
 * @param cachedCodes issued codes kept in memory, 0 to 10,000,000; a code takes about 200 bytes
 * @param followInterval how often the log file is brought up to date with what other replicas
 *     stored, and written through to the disk, 100 ms to 1 min
 */
public record CodeConfig(
    @Setting(value = "2000", doc = "requests under way at once, 1-100000") int maxInFlight,
    @Setting(value = "65536", doc = "longest message text in UTF-8 bytes, 1-1048576")
        int maxTextBytes,
    @Setting(value = "1000", doc = "messages that share one transaction at most, 1-10000")
        int maxBatch,
    @Setting(value = "50000", doc = "issued codes kept in memory, 0-10000000") int cachedCodes,
    @Setting(value = "1s", doc = "how often messages.log follows other replicas, 100ms-1m")
        Duration followInterval) {

  /**
   * Checks every setting.
   *
   * @throws dev.signalbox.platform.config.ConfigException with all that is out of range
   */
  public CodeConfig {
    ConfigProblems.of("code")
        .range("max-in-flight", maxInFlight, 1, 100_000)
        .range("max-text-bytes", maxTextBytes, 1, 1 << 20)
        .range("max-batch", maxBatch, 1, 10_000)
        .range("cached-codes", cachedCodes, 0, 10_000_000)
        .range("follow-interval (ms)", followInterval.toMillis(), 100, 60_000)
        .throwIfAny();
  }
}
