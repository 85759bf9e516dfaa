package dev.signalbox.dnsclient.transport;

import java.util.LinkedHashSet;
import java.util.concurrent.TimeUnit;

/**
 * When one address may be sent something. Kept as the time at which the next turn would be due if
 * none came in bursts, so that no tokens need to be added. Guarded by the lock of {@link
 * ResolverRates}.
 */
final class RateGate {

  private final RateLimits limits;
  private final long intervalNanos;
  private final long toleranceNanos;
  private final LinkedHashSet<RateTurn> waiting = new LinkedHashSet<>(0);
  private long nextNanos;
  private boolean alarmSet;

  RateGate(RateLimits limits, long nowNanos) {
    this.limits = limits;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / limits.perSecond();
    this.toleranceNanos = (limits.burst() - 1L) * intervalNanos;
    this.nextNanos = nowNanos;
  }

  /** Whether somebody may send now; if so, it counts. */
  boolean tryTake(long now) {
    if (!waiting.isEmpty() || !due(now)) {
      return false;
    }
    nextNanos = (nextNanos - now > 0 ? nextNanos : now) + intervalNanos;
    return true;
  }

  private boolean due(long now) {
    return now - (nextNanos - toleranceNanos) >= 0;
  }

  /** Queues a turn; not, when none would come in time. */
  boolean tryQueue(RateTurn turn) {
    long due = nextNanos - toleranceNanos + waiting.size() * intervalNanos;
    return waiting.size() < limits.waiting()
        && due - turn.deadlineNanos() <= 0
        && waiting.add(turn);
  }

  /** The turn that is due; whoever has it takes it. */
  RateTurn takeDue() {
    // A tick late, several turns may be due: not counted from now, or the rate would never be had.
    nextNanos += intervalNanos;
    return waiting.removeFirst();
  }

  boolean hasDue(long now) {
    return !waiting.isEmpty() && due(now);
  }

  void leave(RateTurn turn) {
    waiting.remove(turn);
  }

  /** How long until somebody has to look again; negative when nobody has, or somebody will. */
  long alarmNanos(long now) {
    if (alarmSet || waiting.isEmpty()) {
      return -1;
    }
    alarmSet = true;
    return Math.max(0, nextNanos - toleranceNanos - now);
  }

  void alarmOver() {
    alarmSet = false;
  }

  /** Whether a new gate would do as well. */
  boolean unused(long now) {
    return waiting.isEmpty() && !alarmSet && nextNanos - now <= 0;
  }
}
