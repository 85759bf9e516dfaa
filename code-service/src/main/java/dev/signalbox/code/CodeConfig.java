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
 * @param maxMessages messages in all, 1 to 10^15, or 0 for any number; one more is refused as
 *     INSUFFICIENT_STORAGE
 * @param maxCodes codes in all, 1 to 10^15, or 0 for any number; a uuid that has one gets it all
 *     the same, another one is refused as INSUFFICIENT_STORAGE
 * @param cachedCodes issued codes kept in memory, 0 to 10,000,000; a code takes about 200 bytes
 * @param followInterval how often the log file is brought up to date with what other replicas
 *     stored, and written through to the disk, 100 ms to 1 min
 * @param logMaxBytes how long messages.log may become before it is rotated, 4,096 to 2^50, or 0 for
 *     never; a single line may be longer
 * @param logKeptFiles rotated files that are kept, 1 to 1,000,000, or 0 for all
 */
public record CodeConfig(
    @Setting(value = "2000", doc = "requests under way at once, 1-100000") int maxInFlight,
    @Setting(value = "65536", doc = "longest message text in UTF-8 bytes, 1-1048576")
        int maxTextBytes,
    @Setting(value = "1000", doc = "messages that share one transaction at most, 1-10000")
        int maxBatch,
    @Setting(value = "0", doc = "messages in all, 0 for any number, 1-1000000000000000")
        long maxMessages,
    @Setting(value = "0", doc = "codes in all, 0 for any number, 1-1000000000000000") long maxCodes,
    @Setting(value = "50000", doc = "issued codes kept in memory, 0-10000000") int cachedCodes,
    @Setting(value = "1s", doc = "how often messages.log follows other replicas, 100ms-1m")
        Duration followInterval,
    @Setting(
            value = "67108864",
            doc = "bytes of messages.log before it is rotated, 0 for never, 4096-1125899906842624")
        long logMaxBytes,
    @Setting(value = "0", doc = "rotated files that are kept, 0 for all, 1-1000000")
        int logKeptFiles) {

  /** More than any disk holds. */
  private static final long MOST = 1_000_000_000_000_000L;

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
        .range("max-messages", maxMessages, 0, MOST)
        .range("max-codes", maxCodes, 0, MOST)
        .range("cached-codes", cachedCodes, 0, 10_000_000)
        .range("follow-interval (ms)", followInterval.toMillis(), 100, 60_000)
        .range("log-max-bytes", logMaxBytes, logMaxBytes == 0 ? 0 : 4_096, 1L << 50)
        .range("log-kept-files", logKeptFiles, 0, 1_000_000)
        .throwIfAny();
  }

  MessageLog.Rotation rotation() {
    return new MessageLog.Rotation(
        logMaxBytes == 0 ? Long.MAX_VALUE : logMaxBytes,
        logKeptFiles == 0 ? Integer.MAX_VALUE : logKeptFiles);
  }
}
