package dev.signalbox.gateway.task;

import io.vertx.core.Vertx;

/**
 * Limits the tasks of one request in flight by the size of their results, which is unknown until
 * the first result arrives. Until then the limit starts low and doubles every 50 milliseconds:
 * large results that arrive quickly are measured in time, and slow tasks do not hold up the others.
 * Belongs to one event loop.
 */
final class AdaptiveConcurrency {

  /** Expected bytes of the results of all tasks in flight. */
  private static final long MAX_BYTES = 16 << 20;

  private static final long MIN_RESULT = 1_024;
  private static final int FIRST = 16;
  private static final int MAX_LIMIT = 1 << 20;
  private static final long STEP_MS = 50;

  private final Vertx vertx;
  private final Runnable wake;
  private long expected;
  private int limit = FIRST;
  private boolean stepping;

  /** Runs {@code wake} when the limit has grown. */
  AdaptiveConcurrency(Vertx vertx, Runnable wake) {
    this.vertx = vertx;
    this.wake = wake;
  }

  /** Whether one more task may start; always true when none is in flight. */
  boolean allowsOneMore(int inFlight) {
    if (inFlight == 0) {
      return true;
    }
    if (expected > 0) {
      return (inFlight + 1) * expected <= MAX_BYTES;
    }
    if (inFlight >= limit) {
      stepSoon();
      return false;
    }
    return true;
  }

  private void stepSoon() {
    if (!stepping) {
      stepping = true;
      vertx.setTimer(
          STEP_MS,
          _ -> {
            stepping = false;
            limit = Math.min(MAX_LIMIT, 2 * limit);
            wake.run();
          });
    }
  }

  /** Records the size of a result. The expected size rises at once and falls gradually. */
  void onResult(long bytes) {
    expected = Math.max(MIN_RESULT, Math.max(bytes, expected - expected / 16));
  }
}
