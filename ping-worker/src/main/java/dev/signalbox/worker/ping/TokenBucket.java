package dev.signalbox.worker.ping;

/**
 * Says how many packets may leave now. What was not used is kept for ten milliseconds at most, so
 * that a pause is never followed by a burst.
 */
final class TokenBucket {

  private static final double SECOND = 1e9;
  private static final double BURST_S = 0.01;

  private double rate;
  private double tokens;
  private long filledAtNanos;

  /**
   * @param rate packets a second, above 0
   */
  TokenBucket(double rate, long nowNanos) {
    this.rate = rate;
    this.filledAtNanos = nowNanos;
  }

  void rate(double packetsPerSecond) {
    rate = packetsPerSecond;
  }

  /** Packets that may leave now. */
  int available(long nowNanos) {
    double filled = tokens + (nowNanos - filledAtNanos) * rate / SECOND;
    tokens = Math.min(filled, burst());
    filledAtNanos = nowNanos;
    return (int) tokens;
  }

  void take(int packets) {
    tokens -= packets;
  }

  /** Nanoseconds until it is worth waking up: a packet, or four milliseconds' worth of them. */
  long nanosToNext() {
    double wanted = Math.max(1, rate * BURST_S * 0.4);
    return tokens >= wanted ? 0 : (long) ((wanted - tokens) * SECOND / rate);
  }

  /** Room for one packet more than a whole one, so that slow rates do not lose the fraction. */
  private double burst() {
    return Math.max(2, rate * BURST_S);
  }
}
