package dev.signalbox.worker.ping;

import dev.signalbox.contracts.net.TokenBucket;

/**
 * Says how many packets may leave now. Of what was not used one packet and ten milliseconds' worth
 * are kept at most, so that in any second at most the rate, one percent of it and one leave.
 */
final class PacketPace {

  private static final double BURST_S = 0.01;
  private static final double WAKE_S = 0.4 * BURST_S;

  private final TokenBucket bucket;
  private double rate;

  /**
   * @param rate packets a second, above 0
   */
  PacketPace(double rate, long nowNanos) {
    this.rate = rate;
    this.bucket = TokenBucket.empty(rate, burst(rate), nowNanos);
  }

  void rate(double packetsPerSecond, long nowNanos) {
    rate = packetsPerSecond;
    bucket.change(rate, burst(rate), nowNanos);
  }

  /** Packets that may leave now. */
  int available(long nowNanos) {
    return bucket.available(nowNanos);
  }

  void take(int packets, long nowNanos) {
    bucket.take(packets, nowNanos);
  }

  /** Nanoseconds until it is worth waking up: a packet, or four milliseconds' worth of them. */
  long nanosToNext(long nowNanos) {
    return Math.max(0, bucket.dueAt(Math.max(1, rate * WAKE_S)) - nowNanos);
  }

  /** One packet, and what comes together while a thread that waits for it wakes up late. */
  private static double burst(double rate) {
    return 1 + rate * BURST_S;
  }
}
