package dev.signalbox.dnsclient.transport;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns to send something to one address, as many a second as are allowed. Kept as the time at
 * which the next turn would be due if none came in bursts, so that no tokens need to be added.
 */
final class RateGate extends TimerWheel.Timeout {

  private final RateLimits limits;
  private final TimerWheel wheel;
  private final LongSupplier nanoClock;
  private final long intervalNanos;
  private final long toleranceNanos;
  private final LinkedHashSet<Turn> waiting = new LinkedHashSet<>(0);
  private long nextNanos;
  private boolean armed;

  RateGate(RateLimits limits, TimerWheel wheel, LongSupplier nanoClock) {
    this.limits = limits;
    this.wheel = wheel;
    this.nanoClock = nanoClock;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / limits.perSecond();
    this.toleranceNanos = (limits.burst() - 1L) * intervalNanos;
    this.nextNanos = nanoClock.getAsLong();
  }

  /** Somebody's turn, still to come. */
  final class Turn extends TimerWheel.Timeout implements Revocable {

    private final Runnable granted;
    private final Consumer<TransportException> refused;

    private Turn(Runnable granted, Consumer<TransportException> refused) {
      this.granted = granted;
      this.refused = refused;
    }

    @Override
    public void cancel() {
      end(Fault.CANCELLED, UdpQuery.GIVEN_UP);
    }

    /** The same without a word to whoever waits. */
    void forget() {
      wheel.disarm(this);
      waiting.remove(this);
      disarmIfUnused();
    }

    @Override
    protected void expired() {
      end(Fault.TIMEOUT, "was not asked in time: " + rule());
    }

    private void end(Fault fault, String reason) {
      if (waiting.contains(this)) {
        forget();
        refused.accept(new TransportException(fault, reason, 0));
      }
    }
  }

  /** Whether somebody may send now; if so, it counts. */
  boolean tryTake() {
    long now = nanoClock.getAsLong();
    if (!waiting.isEmpty() || now - (nextNanos - toleranceNanos) < 0) {
      return false;
    }
    nextNanos = (nextNanos - now > 0 ? nextNanos : now) + intervalNanos;
    return true;
  }

  /** Queues for a turn; null, and told why, when none would come in time. */
  @Nullable Turn queue(long deadlineNanos, Runnable granted, Consumer<TransportException> refused) {
    long now = nanoClock.getAsLong();
    long due = nextNanos - toleranceNanos + waiting.size() * intervalNanos;
    if (waiting.size() >= limits.waiting() || due - deadlineNanos > 0) {
      refused.accept(new TransportException(Fault.OVERLOADED, "was not asked: " + rule(), 0));
      return null;
    }
    Turn turn = new Turn(granted, refused);
    waiting.add(turn);
    wheel.arm(turn, deadlineNanos - now);
    armForNext(now);
    return turn;
  }

  private String rule() {
    return "it is asked at most " + limits.perSecond() + " times a second, and others wait";
  }

  private void armForNext(long now) {
    if (!armed && !waiting.isEmpty()) {
      armed = true;
      wheel.arm(this, Math.max(0, nextNanos - toleranceNanos - now));
    }
  }

  private void disarmIfUnused() {
    if (armed && waiting.isEmpty()) {
      armed = false;
      wheel.disarm(this);
    }
  }

  @Override
  protected void expired() {
    armed = false;
    long now = nanoClock.getAsLong();
    // A tick late, several turns may be due: not counted from now, or the rate would never be had.
    while (!waiting.isEmpty() && now - (nextNanos - toleranceNanos) >= 0) {
      nextNanos += intervalNanos;
      Turn turn = waiting.removeFirst();
      wheel.disarm(turn);
      turn.granted.run();
    }
    armForNext(now);
  }

  int waiting() {
    return waiting.size();
  }

  /** Whether a new gate would do as well. */
  boolean unused() {
    return waiting.isEmpty() && nextNanos - nanoClock.getAsLong() <= 0;
  }

  void close() {
    for (Turn turn : List.copyOf(waiting)) {
      turn.end(Fault.OVERLOADED, "was left alone: stopping");
    }
  }
}
