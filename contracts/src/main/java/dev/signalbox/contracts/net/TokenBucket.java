package dev.signalbox.contracts.net;

/**
 * Limits how often something is sent: each time takes a token, and tokens come at a rate up to a
 * capacity. Kept as the time at which the bucket is full again (the "theoretical arrival time" of
 * ATM's GCRA), so that nothing has to add tokens. Times are nanoseconds of a clock such as {@link
 * System#nanoTime()}. For one thread at a time.
 */
public final class TokenBucket {

  private static final double SECOND = 1e9;

  /** Less than any token, more than what a double may be off. */
  private static final double ROUNDING = 1e-6;

  private double perSecond;
  private double capacity;
  private long fullNanos;

  private TokenBucket(double perSecond, double capacity, long fullNanos) {
    this.perSecond = perSecond;
    this.capacity = capacity;
    this.fullNanos = fullNanos;
  }

  /**
   * A bucket that is full.
   *
   * @param perSecond tokens that come in a second, above 0
   * @param capacity tokens that are kept, at least 1
   */
  public static TokenBucket full(double perSecond, double capacity, long now) {
    if (!(perSecond > 0) || !(capacity >= 1)) {
      throw new IllegalArgumentException(
          "a bucket has a rate above 0 and room for a token, not "
              + perSecond
              + " a second and "
              + capacity);
    }
    return new TokenBucket(perSecond, capacity, now);
  }

  /** As {@link #full}, without a token in it. */
  public static TokenBucket empty(double perSecond, double capacity, long now) {
    TokenBucket bucket = full(perSecond, capacity, now);
    bucket.fullNanos = now + bucket.nanos(capacity);
    return bucket;
  }

  /** Changes rate and capacity; the tokens that are there stay, as far as they have room. */
  public void change(double newPerSecond, double newCapacity, long now) {
    if (newPerSecond == perSecond && newCapacity == capacity) {
      return;
    }
    double missing = newCapacity - tokens(now);
    perSecond = newPerSecond;
    capacity = newCapacity;
    fullNanos = now + Math.max(0, nanos(missing));
  }

  /** Takes a token if there is one. */
  public boolean tryTake(long now) {
    if (dueAt(1) - now > 0) {
      return false;
    }
    take(1, now);
    return true;
  }

  /** Takes tokens, of which some may still have to come. */
  public void take(int count, long now) {
    fullNanos = (fullNanos - now > 0 ? fullNanos : now) + nanos(count);
  }

  /** Whole tokens that are there; negative when more have been taken than came. */
  public int available(long now) {
    return (int) Math.floor(tokens(now) + ROUNDING);
  }

  /**
   * When this many tokens have come, if none is taken before. More than the capacity are those that
   * come if each is taken when it is there.
   */
  public long dueAt(double count) {
    return fullNanos - (long) Math.floor((capacity - count) * SECOND / perSecond);
  }

  /** Whether a new bucket would do as well. */
  public boolean isFull(long now) {
    return fullNanos - now <= 0;
  }

  private double tokens(long now) {
    return capacity - Math.max(0, fullNanos - now) * perSecond / SECOND;
  }

  /** Rounded up: a limit may be missed by less. */
  private long nanos(double count) {
    return (long) Math.ceil(count * SECOND / perSecond);
  }
}
