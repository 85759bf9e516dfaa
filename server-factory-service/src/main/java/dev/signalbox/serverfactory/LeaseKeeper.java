package dev.signalbox.serverfactory;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the lease of this instance between its renewals: closes all servers when it ends, and
 * extends it while servers are loaded and opened. Used from one event loop.
 */
final class LeaseKeeper {

  /** Work that comes no further for so long is stuck, and others may have the servers. */
  private static final long MAX_STANDSTILL_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Vertx vertx;
  private final ServerStore store;
  private final PageServers servers;
  private final Lease lease;
  private final long heartbeatMs;

  private long timer = -1;
  private long progressNanos;
  private boolean stopped;

  /** Without a lease yet. */
  LeaseKeeper(Vertx vertx, ServerStore store, PageServers servers, Lease lease, long heartbeatMs) {
    this.vertx = vertx;
    this.store = store;
    this.servers = servers;
    this.lease = lease;
    this.heartbeatMs = heartbeatMs;
  }

  /** Whether servers may listen here. */
  boolean held() {
    return lease.held();
  }

  /** The time to pass to {@link #renewed}, taken before the renewal is requested. */
  long now() {
    return lease.now();
  }

  /** Storage renewed the lease. */
  void renewed(long requestedAt) {
    lease.renewed(requestedAt);
    vertx.cancelTimer(timer);
    if (stopped) {
      return;
    }
    long remainingMs = TimeUnit.NANOSECONDS.toMillis(lease.remainingNanos());
    timer = vertx.setTimer(Math.max(0, remainingMs) + 1, fired -> servers.closeWithoutLease());
  }

  /**
   * Extends the lease while servers are loaded and opened, which may take longer than it lasts: at
   * the start of a process above all. Not for ever: what has expired or was deleted elsewhere is
   * closed by the next round only, and what does not end would keep others from the servers.
   */
  Future<Void> during(Future<Void> work) {
    if (work.isComplete()) {
      return work;
    }
    AtomicBoolean asked = new AtomicBoolean();
    progressed();
    long extensions =
        vertx.setPeriodic(
            heartbeatMs,
            _ -> {
              boolean stuck = System.nanoTime() - progressNanos >= MAX_STANDSTILL_NANOS;
              if (stopped || stuck || asked.getAndSet(true)) {
                return;
              }
              long requestedAt = lease.now();
              store
                  .extendLease()
                  .onComplete(extended -> {
                    asked.set(false);
                    if (extended.succeeded() && extended.result() && !stopped) {
                      renewed(requestedAt);
                    }
                  });
            });
    return work.onComplete(_ -> vertx.cancelTimer(extensions));
  }

  /** One more server of the work is done. */
  void progressed() {
    progressNanos = System.nanoTime();
  }

  /** No more timers; the lease ends when it is not renewed. */
  void end() {
    stopped = true;
    vertx.cancelTimer(timer);
  }
}
