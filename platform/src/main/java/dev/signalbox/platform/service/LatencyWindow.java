package dev.signalbox.platform.service;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles over the last one to two minutes: two histograms of about 6 % resolution, of which
 * the older is forgotten every minute. Recording is one atomic addition.
 */
final class LatencyWindow {

  private static final int SUB_BITS = 4;
  private static final int BUCKETS = (64 - SUB_BITS) << SUB_BITS;
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private volatile AtomicLongArray current = new AtomicLongArray(BUCKETS);
  private volatile AtomicLongArray previous = new AtomicLongArray(BUCKETS);
  private long turned = System.nanoTime();

  void record(long nanos) {
    current.incrementAndGet(bucket(Math.max(0, nanos)));
  }

  /** Turns the window when its minute is over; called by whoever reads. */
  synchronized void turn() {
    long now = System.nanoTime();
    if (now - turned >= MINUTE_NANOS) {
      previous = now - turned >= 2 * MINUTE_NANOS ? new AtomicLongArray(BUCKETS) : current;
      current = new AtomicLongArray(BUCKETS);
      turned = now;
    }
  }

  /**
   * The given share of requests took at most so many milliseconds; null when there were none, since
   * nothing can be said of their latency then.
   */
  @Nullable Double percentileMillis(double share) {
    long total = 0;
    long[] counts = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = current.get(i) + previous.get(i);
      total += counts[i];
    }
    if (total == 0) {
      return null;
    }
    long wanted = (long) Math.ceil(total * share);
    long seen = counts[0];
    int bucket = 0;
    while (seen < wanted) {
      bucket++;
      seen += counts[bucket];
    }
    return Math.round(upperNanos(bucket) / 1_000.0) / 1_000.0;
  }

  private static int bucket(long nanos) {
    int magnitude = Math.max(0, 63 - Long.numberOfLeadingZeros(nanos | 1) - SUB_BITS);
    int sub = (int) (nanos >>> magnitude);
    return Math.min(BUCKETS - 1, (magnitude << SUB_BITS) + sub);
  }

  private static double upperNanos(int bucket) {
    int magnitude = Math.max(0, (bucket >> SUB_BITS) - 1);
    long sub = bucket - ((long) magnitude << SUB_BITS);
    return (double) (sub + 1) * (1L << magnitude);
  }
}
