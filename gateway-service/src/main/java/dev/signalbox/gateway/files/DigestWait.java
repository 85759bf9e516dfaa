package dev.signalbox.gateway.files;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * How long a request has waited in queues for the permits of all digests that it asks for, of all
 * versions of a file that changes meanwhile. Belongs to one event loop.
 */
final class DigestWait {

  /** The longest wait of a request; then the response has no digest. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String KEY = "signalbox.digest-wait";

  private long waitedNanos;
  private long since;
  private boolean waiting;

  /** The wait of a request. */
  static DigestWait of(RoutingContext ctx) {
    DigestWait known = ctx.get(KEY);
    if (known != null) {
      return known;
    }
    DigestWait wait = new DigestWait();
    ctx.put(KEY, wait);
    return wait;
  }

  /** Begins to wait; returns for how many milliseconds at most, from 0. */
  long begin() {
    waiting = true;
    since = System.nanoTime();
    return TimeUnit.NANOSECONDS.toMillis(Math.max(0, MAX_NANOS - waitedNanos));
  }

  /** Ends the wait, if there is one. */
  void stop() {
    if (waiting) {
      waiting = false;
      waitedNanos += System.nanoTime() - since;
    }
  }
}
