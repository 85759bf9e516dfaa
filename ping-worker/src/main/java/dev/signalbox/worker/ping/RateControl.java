package dev.signalbox.worker.ping;

/**
 * How fast to send: up to a limit, and less while the volunteer's own network suffers. Congestion
 * takes 30 % off, at most once a second; each second without it adds 2 % of the limit, as TCP's
 * additive increase and multiplicative decrease do. Used by one thread.
 */
final class RateControl {

  /** The slowest rate, packets a second. */
  static final double FLOOR = 10;

  private static final double DECREASE = 0.7;
  private static final double INCREASE = 0.02;
  private static final long STEP_NANOS = 1_000_000_000L;

  private double limit;
  private double rate;
  private long decreasedAtNanos;
  private long increasedAtNanos;

  RateControl(double limit, long nowNanos) {
    this.limit = limit;
    this.rate = limit;
    this.decreasedAtNanos = nowNanos - STEP_NANOS;
    this.increasedAtNanos = nowNanos;
  }

  /** Packets a second now. */
  double rate() {
    return Math.min(rate, limit);
  }

  /** Sets the limit; the rate follows it when it was not slowed down. */
  void limit(double packetsPerSecond) {
    rate = rate >= limit ? packetsPerSecond : Math.min(rate, packetsPerSecond);
    limit = packetsPerSecond;
  }

  /** The network suffers. */
  void onCongestion(long nowNanos) {
    increasedAtNanos = nowNanos; // the next increase is a second without congestion away
    if (nowNanos - decreasedAtNanos >= STEP_NANOS) {
      rate = Math.max(Math.min(FLOOR, limit), rate * DECREASE);
      decreasedAtNanos = nowNanos;
    }
  }

  /** Time passes; call it often. */
  void onTime(long nowNanos) {
    if (nowNanos - increasedAtNanos >= STEP_NANOS) {
      rate = Math.min(limit, rate + limit * INCREASE);
      increasedAtNanos = nowNanos;
    }
  }
}
