package dev.signalbox.gateway.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * How many requests a token may send in a minute. After a pause all of them may come at once; then
 * they come back evenly over the minute. Any thread may use it.
 */
public final class TokenQuota {

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int limit;
  private final Bucket bucket;

  /** A quota of so many requests, 1 or more. */
  public TokenQuota(int limit) {
    this(limit, TimeMeter.SYSTEM_NANOTIME);
  }

  TokenQuota(int limit, TimeMeter clock) {
    this.limit = limit;
    this.bucket =
        Bucket.builder()
            .addLimit(bandwidth -> bandwidth.capacity(limit).refillGreedy(limit, WINDOW))
            .withCustomTimePrecision(clock)
            .build();
  }

  /**
   * What is left.
   *
   * @param granted whether the request may go on
   * @param remaining requests that may follow at once
   * @param seconds until there is one more, rounded up; 0 when all are left
   */
  public record Usage(boolean granted, long remaining, long seconds) {}

  /** Takes a request, if one is left. */
  public Usage take() {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return usage(probe.isConsumed(), probe.getRemainingTokens());
  }

  /**
   * Takes requests that another gateway has granted, so that nothing may be left for a while. No
   * caller waits longer than two minutes for that, however much it was.
   */
  public void takeElsewhere(long requests) {
    long most = Math.min(requests, limit + bucket.getAvailableTokens());
    if (most > 0) {
      bucket.consumeIgnoringRateLimits(most);
    }
  }

  /** What is left, without taking anything. */
  public Usage look() {
    return usage(true, bucket.getAvailableTokens());
  }

  private Usage usage(boolean granted, long available) {
    // Less than nothing is left when other gateways have granted more meanwhile.
    long remaining = Math.max(0, available);
    if (remaining >= limit) {
      return new Usage(granted, remaining, 0);
    }
    long nanos = bucket.estimateAbilityToConsume(remaining + 1).getNanosToWaitForRefill();
    return new Usage(granted, remaining, Math.max(1, Math.ceilDiv(nanos, NANOS_PER_SECOND)));
  }

  /** How many requests there are in a minute. */
  public int limit() {
    return limit;
  }

  /** Seconds of the window. */
  public long windowSeconds() {
    return WINDOW.toSeconds();
  }
}
