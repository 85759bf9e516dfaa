package dev.signalbox.serverfactory;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Until when this instance may serve, by its own monotonic clock: its lease ends without a message.
 * The time runs from before the renewal was requested, and the lease is a tenth shorter here than
 * in storage, so that it is over here before another instance may adopt a server. Renewed from one
 * event loop, asked from any thread.
 */
final class Lease {

  private final long termNanos;
  private final LongSupplier nanoClock;
  private volatile boolean granted;
  private volatile long endNanos;

  /**
   * A lease that is not granted yet.
   *
   * @param lease how long a lease lasts in storage
   * @param nanoClock monotonic, and goes on while the process is paused
   */
  Lease(Duration lease, LongSupplier nanoClock) {
    this.termNanos = lease.toNanos() - lease.toNanos() / 10;
    this.nanoClock = nanoClock;
  }

  /** The time to pass to {@link #renewed}, taken before the renewal is requested. */
  long now() {
    return nanoClock.getAsLong();
  }

  /** Storage renewed the lease. */
  void renewed(long requestedAt) {
    endNanos = requestedAt + termNanos;
    granted = true;
  }

  /** Whether this instance may serve; cheap enough to ask for each request. */
  boolean held() {
    return remainingNanos() > 0;
  }

  /** Zero or less when the lease is over. */
  long remainingNanos() {
    return granted ? endNanos - nanoClock.getAsLong() : 0;
  }
}
