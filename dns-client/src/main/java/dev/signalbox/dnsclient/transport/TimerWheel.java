package dev.signalbox.dnsclient.transport;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * Timeouts by the hundred thousand on one thread: arming and disarming cost a few pointers, at the
 * price of firing up to one tick late. Ticks only while something is armed.
 */
public final class TimerWheel {

  /** How late a timeout may fire. */
  static final long TICK_NANOS = 5_000_000;

  private static final int BUCKETS = 1024;

  private final LongSupplier nanoClock;
  private final Delayer delayer;
  private final long origin;
  private final Timeout[] buckets = new Timeout[BUCKETS];
  private final ArrayDeque<Timeout> due = new ArrayDeque<>();
  private long doneTick;
  private int armed;
  private boolean ticking;

  /** Runs something once, later, on the wheel's own thread. */
  public interface Delayer {
    /** Runs it after so many nanoseconds. */
    void after(long nanos, Runnable action);
  }

  /** A wheel of one thread. */
  public TimerWheel(LongSupplier nanoClock, Delayer delayer) {
    this.nanoClock = nanoClock;
    this.delayer = delayer;
    this.origin = nanoClock.getAsLong();
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = new Sentinel();
    }
  }

  /** Something that happens unless it is disarmed before. */
  public abstract static class Timeout {
    private Timeout previous = this;
    private Timeout next = this;
    private long tick;
    private State state = State.IDLE;

    /** Called once per arming, on the wheel's thread. */
    protected abstract void expired();
  }

  private enum State {
    IDLE,
    ARMED,
    DUE
  }

  /** Arms an idle timeout. */
  public void arm(Timeout timeout, long delayNanos) {
    if (timeout.state != State.IDLE) {
      throw new IllegalStateException("already armed");
    }
    if (!ticking) {
      doneTick = currentTick();
    }
    long ticks = Math.max(1, Math.ceilDiv(delayNanos, TICK_NANOS));
    // One more, for the present tick has partly passed: never early.
    timeout.tick = currentTick() + ticks + 1;
    timeout.state = State.ARMED;
    Timeout head = buckets[(int) (timeout.tick & (BUCKETS - 1))];
    timeout.previous = head.previous;
    timeout.next = head;
    head.previous.next = timeout;
    head.previous = timeout;
    armed++;
    if (!ticking) {
      ticking = true;
      delayer.after(TICK_NANOS, this::tick);
    }
  }

  /** Disarms a timeout, also one that is about to fire in this tick; an idle one stays idle. */
  public void disarm(Timeout timeout) {
    if (timeout.state == State.ARMED) {
      unlink(timeout);
    }
    timeout.state = State.IDLE;
  }

  private void unlink(Timeout timeout) {
    timeout.previous.next = timeout.next;
    timeout.next.previous = timeout.previous;
    timeout.previous = timeout;
    timeout.next = timeout;
    armed--;
  }

  private void tick() {
    long now = currentTick();
    // A thread that was held up for more than a round has every bucket due, once.
    long first = Math.max(doneTick + 1, now - BUCKETS + 1);
    for (long tick = first; tick <= now; tick++) {
      collect(buckets[(int) (tick & (BUCKETS - 1))], now);
    }
    doneTick = Math.max(doneTick, now);
    fire();
    if (armed > 0) {
      delayer.after(TICK_NANOS, this::tick);
    } else {
      ticking = false;
    }
  }

  private void collect(Timeout head, long now) {
    Timeout each = head.next;
    while (!(each instanceof Sentinel)) {
      Timeout following = each.next;
      if (each.tick <= now) {
        unlink(each);
        each.state = State.DUE;
        due.add(each);
      }
      each = following;
    }
  }

  private void fire() {
    Timeout each = due.poll();
    while (each != null) {
      if (each.state == State.DUE) {
        each.state = State.IDLE;
        each.expired();
      }
      each = due.poll();
    }
  }

  private long currentTick() {
    return (nanoClock.getAsLong() - origin) / TICK_NANOS;
  }

  /** Head of a bucket's ring. */
  private static final class Sentinel extends Timeout {
    @Override
    protected void expired() {
      throw new IllegalStateException("a sentinel is never armed");
    }
  }
}
