package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.net.TokenBucket;
import java.util.LinkedHashSet;

/**
 * When one address may be sent something, and what waits for it. Guarded by the lock of {@link
 * ResolverRates}.
 */
final class RateGate {

  private final ResolverRates.Limits limits;
  private final TokenBucket bucket;
  private final LinkedHashSet<RateTurn> waiting = new LinkedHashSet<>(0);
  private boolean alarmSet;

  RateGate(ResolverRates.Limits limits, int processes, long nowNanos) {
    this.limits = limits;
    this.bucket =
        TokenBucket.full(
            limits.perSecond() / (double) processes, burst(limits, processes), nowNanos);
  }

  /** As many processes share the limit from now on; what waits comes in its new time. */
  void share(int processes, long now) {
    bucket.change(limits.perSecond() / (double) processes, burst(limits, processes), now);
  }

  private static double burst(ResolverRates.Limits limits, int processes) {
    return Math.max(1, limits.burst() / (double) processes);
  }

  /** Takes a permit to send now, if there is one. */
  boolean tryTake(long now) {
    return waiting.isEmpty() && bucket.tryTake(now);
  }

  /** Queues a turn; not, when none would come in time. */
  boolean tryQueue(RateTurn turn) {
    return waiting.size() < limits.waiting()
        && bucket.dueAt(1 + waiting.size()) - turn.deadlineNanos() <= 0
        && waiting.add(turn);
  }

  /** Removes the turn that is due and takes its permit. */
  RateTurn takeDue() {
    // A tick late, several turns may be due: not counted from now, or the rate would never be had.
    bucket.take(1, bucket.dueAt(1));
    return waiting.removeFirst();
  }

  boolean hasDue(long now) {
    return !waiting.isEmpty() && bucket.dueAt(1) - now <= 0;
  }

  void leave(RateTurn turn) {
    waiting.remove(turn);
  }

  /** Nanoseconds until the next turn is due; negative when none waits or an alarm is set. */
  long alarmNanos(long now) {
    if (alarmSet || waiting.isEmpty()) {
      return -1;
    }
    alarmSet = true;
    return Math.max(0, bucket.dueAt(1) - now);
  }

  void alarmOver() {
    alarmSet = false;
  }

  /** Whether a new gate would do as well. */
  boolean unused(long now) {
    return waiting.isEmpty() && !alarmSet && bucket.isFull(now);
  }
}
