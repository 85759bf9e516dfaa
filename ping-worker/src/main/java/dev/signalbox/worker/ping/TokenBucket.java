package dev.signalbox.worker.ping;

/**
 * Says how many packets may leave now. Of what was not used one packet and ten milliseconds' worth
 * are kept at most, so that in any second no more leave than the rate, one percent of it and one.
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

  /** One packet, and what comes together while a thread that waits for it wakes up late. */
  private double burst() {
    return 1 + rate * BURST_S;
  }
}
