package dev.signalbox.platform.service;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles over the last one to two minutes, to two significant digits: two histograms, of which
 * the older is dropped every minute.
 */
final class LatencyWindow {

  private static final long HIGHEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 2;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private volatile AtomicHistogram current = histogram();
  private volatile AtomicHistogram previous = histogram();
  private long turned = System.nanoTime();

  private static AtomicHistogram histogram() {
    return new AtomicHistogram(HIGHEST_MICROS, DIGITS);
  }

  void record(long nanos) {
    current.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, HIGHEST_MICROS));
  }

  /** Drops the older histogram when the minute of the newer one is over; readers call it. */
  synchronized void turn() {
    long now = System.nanoTime();
    if (now - turned >= MINUTE_NANOS) {
      previous = now - turned >= 2 * MINUTE_NANOS ? histogram() : current;
      current = histogram();
      turned = now;
    }
  }

  /**
   * The given share of requests took at most so many milliseconds; null when there were none, since
   * nothing can be said of their latency then.
   */
  @Nullable Double percentileMillis(double share) {
    Histogram both = previous.copy();
    both.add(current);
    return both.getTotalCount() == 0 ? null : both.getValueAtPercentile(share * 100) / 1_000.0;
  }
}
