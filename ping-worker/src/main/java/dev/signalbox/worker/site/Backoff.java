package dev.signalbox.worker.site;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after failures in a row: one second, then twice as long each time up to a
 * minute, half of it at random, so that the workers of a site that was down do not return at once.
 */
public final class Backoff {

  private static final long FIRST_MS = 1_000;
  private static final long LONGEST_MS = 60_000;
  private static final int DOUBLINGS = 6;

  private final RandomGenerator random;
  private int failures;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** A call succeeded. */
  public void reset() {
    failures = 0;
  }

  /**
   * A call failed.
   *
   * @param retryAfter what the site asked for; it is waited for at least; null for nothing
   * @return milliseconds until the next attempt
   */
  public long nextMillis(@Nullable Duration retryAfter) {
    long wait = Math.min(LONGEST_MS, FIRST_MS << Math.min(failures, DOUBLINGS));
    failures++;
    if (retryAfter != null) {
      return retryAfter.toMillis() + random.nextLong(Math.max(1, retryAfter.toMillis() / 10));
    }
    return wait / 2 + random.nextLong(wait / 2 + 1);
  }
}
