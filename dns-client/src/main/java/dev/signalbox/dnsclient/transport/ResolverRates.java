package dev.signalbox.dnsclient.transport;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often resolvers are asked, each address by itself, by all event loops that share this
 * together. Turns come in the order in which they were asked for, whoever asked. Any thread may use
 * it.
 */
public final class ResolverRates {

  // Clients name resolvers: gates that make no difference any more are thrown away now and then.
  private static final int MANY = 1024;

  private final RateLimits limits;
  private final LongSupplier nanoClock;
  private final Map<InetAddress, RateGate> gates = new HashMap<>();
  private int sweepAt = MANY;

  /** Limits for those who share this. */
  public ResolverRates(RateLimits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  RateLimits limits() {
    return limits;
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /** Whether somebody may send now; if so, it counts. */
  synchronized boolean tryTake(InetAddress address) {
    return gate(address).tryTake(now());
  }

  /** Queues for a turn; null when none would come in time. */
  synchronized @Nullable RateGate tryQueue(InetAddress address, RateTurn turn) {
    RateGate gate = gate(address);
    if (!gate.tryQueue(turn)) {
      return null;
    }
    turn.at(gate);
    return gate;
  }

  synchronized void leave(RateTurn turn) {
    RateGate gate = turn.gate();
    if (gate != null) {
      gate.leave(turn);
    }
  }

  /** After how long the one who asks has to see what is due; negative when somebody else will. */
  synchronized long alarmNanos(RateGate gate) {
    return gate.alarmNanos(now());
  }

  /** Turns that have come by the time an alarm goes off. */
  synchronized List<RateTurn> due(RateGate gate) {
    long now = now();
    gate.alarmOver();
    List<RateTurn> due = new ArrayList<>();
    while (gate.hasDue(now)) {
      due.add(gate.takeDue());
    }
    return due;
  }

  private RateGate gate(InetAddress address) {
    RateGate known = gates.get(address);
    if (known != null) {
      return known;
    }
    long now = now();
    if (gates.size() >= sweepAt) {
      gates.values().removeIf(gate -> gate.unused(now));
      sweepAt = Math.max(MANY, 2 * gates.size());
    }
    RateGate fresh = new RateGate(limits, now);
    gates.put(address, fresh);
    return fresh;
  }
}
