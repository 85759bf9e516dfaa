package dev.signalbox.gateway.task;

import io.vertx.core.Vertx;

/**
 * How many tasks of one request may be under way, judged by how large their answers are. Nobody
 * knows that before they are there. Until the first has come, few begin, and twice as many every 50
 * milliseconds: answers that are large and come at once are found out, those that take long are not
 * waited for. Belongs to one event loop.
 */
final class AnswerPace {

  /** What the answers to tasks under way may come to, bytes. */
  private static final long ROOM = 16 << 20;

  private static final long LEAST = 1_024;
  private static final int FIRST = 16;
  private static final int MOST = 1 << 20;
  private static final long STEP_MS = 50;

  private final Vertx vertx;
  private final Runnable wake;
  private long expected;
  private int blindly = FIRST;
  private boolean stepping;

  /**
   * A pace for one request.
   *
   * @param wake run when more may begin than last time
   */
  AnswerPace(Vertx vertx, Runnable wake) {
    this.vertx = vertx;
    this.wake = wake;
  }

  /** Whether one more may begin; always so when none is under way. */
  boolean mayBegin(int underWay) {
    if (underWay == 0) {
      return true;
    }
    if (expected > 0) {
      return (underWay + 1) * expected <= ROOM;
    }
    if (underWay >= blindly) {
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
            blindly = Math.min(MOST, 2 * blindly);
            wake.run();
          });
    }
  }

  /** An answer has come. Larger ones count at once, smaller ones little by little. */
  void answered(long bytes) {
    expected = Math.max(LEAST, Math.max(bytes, expected - expected / 16));
  }
}
