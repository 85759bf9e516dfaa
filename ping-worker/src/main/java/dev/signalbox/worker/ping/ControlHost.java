package dev.signalbox.worker.ping;

import dev.signalbox.worker.icmp.EchoSocket;
import dev.signalbox.worker.icmp.Purpose;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.concurrent.TimeUnit;

/** Pings a host near the volunteer once a second, to see how the network is. Used by one thread. */
final class ControlHost {

  /** Instead of an address: there is none. */
  static final int NONE = 0;

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int address;
  private final OutageWatch outages;
  private final LatencyWatch latency = new LatencyWatch();
  private long sentAtNanos;
  private boolean open;
  private boolean congested;

  /**
   * @param address as 32 bits, or {@link #NONE}
   */
  ControlHost(int address, OutageWatch outages) {
    this.address = address;
    this.outages = outages;
    this.sentAtNanos = System.nanoTime() - EVERY_NANOS;
  }

  /** Pings it if it is time. A reply that is not there by then is lost. How many were sent. */
  int ping(EchoSocket socket, long nowNanos) {
    if (address == NONE || nowNanos - sentAtNanos < EVERY_NANOS) {
      return 0;
    }
    if (open && outages.onControlLost()) {
      congested |= latency.congested(Double.POSITIVE_INFINITY);
    }
    sentAtNanos = nowNanos;
    open = true;
    socket.send(new int[] {address}, 1, Purpose.CONTROL, new SendOutcome[1]);
    return 1;
  }

  /** It has answered; whether the network is congested. */
  boolean onReply(long roundTripNanos) {
    if (!open) {
      return false;
    }
    open = false;
    return latency.congested(roundTripNanos / 1e6);
  }

  /** Whether a loss since the last call says that the network is congested. */
  boolean takeCongested() {
    boolean was = congested;
    congested = false;
    return was;
  }
}
