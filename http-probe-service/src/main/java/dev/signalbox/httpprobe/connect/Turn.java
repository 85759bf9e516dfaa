package dev.signalbox.httpprobe.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A place among the connections to one target; see {@link TargetLimits}. */
public final class Turn {

  private enum State {
    WAITING,
    HELD,
    ENDED
  }

  private final TargetLimits limits;
  private final TargetLimits.@Nullable Load load;
  private final EventLoop loop;
  private final long deadline;
  private final Promise<Void> ready = Promise.promise();
  // Guarded by the limits' lock.
  private State state = State.WAITING;
  // Used on the event loop alone.
  private @Nullable ScheduledFuture<?> timer;
  private boolean given;

  Turn(TargetLimits limits, TargetLimits.@Nullable Load load, EventLoop loop, long deadline) {
    this.limits = limits;
    this.load = load;
    this.loop = loop;
    this.deadline = deadline;
  }

  /** Completes on the event loop when the target may be contacted; fails when it will not be. */
  public Future<Void> ready() {
    return ready.future();
  }

  /** Gives the place back, or leaves the queue for it; to be called on the event loop. */
  public void end() {
    given = true;
    if (timer != null) {
      timer.cancel(false);
    }
    if (load != null) {
      limits.end(this, load);
    }
  }

  /** From now on a place is held. */
  void hold() {
    state = State.HELD;
  }

  /**
   * From now on nothing is held or waited for.
   *
   * @return whether a place was held
   */
  boolean release() {
    boolean held = state == State.HELD;
    state = State.ENDED;
    return held;
  }

  long deadline() {
    return deadline;
  }

  /** May go on after a pause, which the rate asks for. */
  void goAfter(long nanos) {
    if (loop.inEventLoop()) {
      go(nanos);
    } else {
      loop.execute(() -> go(nanos));
    }
  }

  private void go(long nanos) {
    if (given) {
      return;
    }
    if (nanos <= 0) {
      ready.tryComplete();
    } else {
      timer = loop.schedule(() -> ready.tryComplete(), nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Will not be. */
  void refuse(RuntimeException why) {
    if (loop.inEventLoop()) {
      ready.tryFail(why);
    } else {
      loop.execute(() -> ready.tryFail(why));
    }
  }
}
