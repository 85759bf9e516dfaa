package dev.signalbox.dnsclient.transport;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The rates at which resolvers are asked, each address by itself. Used from one event loop. */
public final class RateGates {

  // Clients name resolvers: gates that make no difference any more are thrown away now and then.
  private static final int MANY = 1024;

  private final RateLimits limits;
  private final TimerWheel wheel;
  private final LongSupplier nanoClock;
  private final Map<InetAddress, RateGate> gates = new HashMap<>();
  private int sweepAt = MANY;

  /** Gates of one event loop. */
  public RateGates(RateLimits limits, TimerWheel wheel, LongSupplier nanoClock) {
    this.limits = limits;
    this.wheel = wheel;
    this.nanoClock = nanoClock;
  }

  /** Whether there is any limit at all. */
  public boolean limited() {
    return limits.perSecond() > 0;
  }

  /**
   * Runs something when its turn has come, which may be now.
   *
   * @param granted runs in its turn
   * @param refused told instead why there will be none: too many wait, or the deadline is over
   * @return what waits; null when nothing does
   */
  public @Nullable Revocable take(
      InetAddress address,
      long deadlineNanos,
      Runnable granted,
      Consumer<TransportException> refused) {
    return turn(address, deadlineNanos, granted, refused);
  }

  RateGate.@Nullable Turn turn(
      InetAddress address,
      long deadlineNanos,
      Runnable granted,
      Consumer<TransportException> refused) {
    RateGate gate = gate(address);
    if (gate.tryTake()) {
      granted.run();
      return null;
    }
    return gate.queue(deadlineNanos, granted, refused);
  }

  private RateGate gate(InetAddress address) {
    RateGate known = gates.get(address);
    if (known != null) {
      return known;
    }
    if (gates.size() >= sweepAt) {
      gates.values().removeIf(RateGate::unused);
      sweepAt = Math.max(MANY, 2 * gates.size());
    }
    RateGate fresh = new RateGate(limits, wheel, nanoClock);
    gates.put(address, fresh);
    return fresh;
  }

  /** Turns that are waited for. */
  public int waiting() {
    return gates.values().stream().mapToInt(RateGate::waiting).sum();
  }

  /** Ends all waiting. */
  public void close() {
    gates.values().forEach(RateGate::close);
  }
}
