package dev.signalbox.dnsclient.transport;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One event loop's way to the limits it shares with others. */
public final class RateGates {

  private final ResolverRates rates;
  private final TimerWheel wheel;
  private final Executor eventLoop;
  private final Set<RateTurn> waiting = new LinkedHashSet<>();

  /**
   * Gates of one event loop.
   *
   * @param eventLoop runs something on it, at once when called there
   */
  public RateGates(ResolverRates rates, TimerWheel wheel, Executor eventLoop) {
    this.rates = rates;
    this.wheel = wheel;
    this.eventLoop = eventLoop;
  }

  /** Sees, when a turn is due, whose it is. */
  private final class Alarm extends TimerWheel.Timeout {
    private final RateGate gate;

    Alarm(RateGate gate) {
      this.gate = gate;
    }

    @Override
    protected void expired() {
      for (RateTurn turn : rates.due(gate)) {
        turn.home().eventLoop.execute(turn::come);
      }
      watch(gate);
    }
  }

  /** Whether there is any limit at all. */
  public boolean limited() {
    return rates.limits().perSecond() > 0;
  }

  /**
   * Runs something when its turn has come, which may be now.
   *
   * @param granted runs in its turn
   * @param refused runs instead when there will be no turn: too many queries wait, the deadline is
   *     over, or the rates of too many other resolvers are counted
   * @return what waits; null when nothing does
   */
  public @Nullable Revocable take(
      InetAddress address,
      long deadlineNanos,
      Runnable granted,
      Consumer<TransportException> refused) {
    return turn(address, deadlineNanos, granted, refused);
  }

  @Nullable RateTurn turn(
      InetAddress address,
      long deadlineNanos,
      Runnable granted,
      Consumer<TransportException> refused) {
    if (rates.tryTake(address)) {
      granted.run();
      return null;
    }
    RateTurn turn = new RateTurn(this, deadlineNanos, granted, refused);
    ResolverRates.Queued queued = rates.tryQueue(address, turn);
    RateGate gate = turn.gate();
    if (gate == null) {
      String reason = queued == ResolverRates.Queued.TOO_MANY_RESOLVERS ? tableFull() : rule();
      refused.accept(new TransportException(Fault.OVERLOADED, "was not asked: " + reason, 0));
      return null;
    }
    waiting.add(turn);
    wheel.arm(turn, deadlineNanos - rates.now());
    watch(gate);
    return turn;
  }

  private String tableFull() {
    return "too many resolvers with limits at once, more than resolver.rate-resolvers: "
        + rates.limits().resolvers();
  }

  String rule() {
    return "it is asked at most "
        + rates.limits().perSecond()
        + " times a second by all processes together, and others wait";
  }

  private void watch(RateGate gate) {
    long nanos = rates.alarmNanos(gate);
    if (nanos >= 0) {
      wheel.arm(new Alarm(gate), nanos);
    }
  }

  void left(RateTurn turn) {
    wheel.disarm(turn);
    waiting.remove(turn);
    rates.leave(turn);
  }

  /** Turns that are waited for on this event loop. */
  public int waiting() {
    return waiting.size();
  }

  /** Ends all waiting on this event loop. */
  public void close() {
    for (RateTurn turn : List.copyOf(waiting)) {
      turn.end(Fault.OVERLOADED, "was cancelled: the client is shutting down");
    }
  }
}
