package dev.signalbox.worker.ping;

import java.util.concurrent.TimeUnit;

/**
 * Holds a task back whose requests cannot be sent: after so many failures in a row, which are of
 * different networks since the order is scattered, it sends one request after a second, then after
 * two, up to thirty. Used by one thread.
 */
final class SendHold {

  /** Failures in a row before a task is held back. */
  static final int FAILURES = 16;

  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Full queues are soon empty again; when they are not, nothing can be sent. */
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private int failures;
  private long holdNanos;
  private long untilNanos;
  private long busySinceNanos;
  private boolean busy;
  private boolean probing;

  /** Whether too many requests in a row have failed. */
  boolean isHeld() {
    return failures >= FAILURES;
  }

  /** Whether a request may be sent now: any, or the one that tries whether it works again. */
  boolean mayTry(long nowNanos) {
    return !isHeld() || (!probing && nowNanos - untilNanos >= 0);
  }

  /** A request is about to be sent. */
  void onTry() {
    probing = isHeld();
  }

  void onSent() {
    release();
  }

  /** The system says that there is no way to an address. */
  void onUnreachable(long nowNanos) {
    failures++;
    hold(nowNanos);
  }

  /** The queues of the system are full. */
  void onBusy(long nowNanos) {
    if (!busy) {
      busy = true;
      busySinceNanos = nowNanos;
    }
    if (nowNanos - busySinceNanos >= BUSY_NANOS) {
      failures++;
    }
    hold(nowNanos);
  }

  private void hold(long nowNanos) {
    // All failures of one batch count as one.
    if (isHeld() && (probing || holdNanos == 0)) {
      holdNanos = Math.clamp(2 * holdNanos, FIRST_NANOS, LONGEST_NANOS);
      untilNanos = nowNanos + holdNanos;
    }
    probing = false;
  }

  /** Requests can be sent again. */
  void release() {
    failures = 0;
    holdNanos = 0;
    busy = false;
    probing = false;
  }
}
