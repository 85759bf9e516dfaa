package dev.signalbox.gateway.probe;

import dev.signalbox.gateway.error.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a probe may take, by Prometheus's header and the module. */
final class ScrapeTimeout {

  static final String HEADER = "X-Prometheus-Scrape-Timeout-Seconds";

  /** Without the header. */
  private static final double DEFAULT_S = 120;

  /** Kept back, so that Prometheus still gets the metrics of a probe that timed out. */
  private static final double OFFSET_S = 0.5;

  private static final double LONGEST_S = 86_400;

  /** For the way of the reply: half of what is kept back. */
  private static final Duration WAY_BACK = Duration.ofMillis(250);

  private ScrapeTimeout() {}

  /**
   * The time of a probe.
   *
   * @param header the header's value; null when absent
   * @param module the module's own limit; null for none
   * @throws HttpException 400 when the header is not a number of seconds
   */
  static Duration of(@Nullable String header, @Nullable Duration module) {
    double given = header == null ? 0 : seconds(header);
    double left = (given == 0 ? DEFAULT_S : given) - OFFSET_S;
    Duration scrape = Duration.ofNanos(Math.max(1, (long) (left * 1e9)));
    return module != null && module.isPositive() && (left <= 0 || module.compareTo(scrape) < 0)
        ? module
        : scrape;
  }

  /**
   * How long the reply of a service is awaited. A probe holds a permit for requests, so one whose
   * reply is lost must not last as long as a client says.
   *
   * @param probe the time of the probe
   * @param longestMs the most that the service takes
   */
  static Duration call(Duration probe, long longestMs) {
    Duration longest = Duration.ofMillis(longestMs);
    return (probe.compareTo(longest) < 0 ? probe : longest).plus(WAY_BACK);
  }

  private static double seconds(String header) {
    // Java's own grammar also has NaN, Infinity, hexadecimals and suffixes.
    if (header.length() <= 32 && header.matches("[0-9]{0,10}(\\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")) {
      try {
        double seconds = Double.parseDouble(header);
        if (seconds <= LONGEST_S) {
          return seconds;
        }
      } catch (NumberFormatException e) {
        // Without a digit it is no number either.
      }
    }
    throw HttpException.malformed(HEADER + " must be a number of seconds from 0 to 86400");
  }
}
