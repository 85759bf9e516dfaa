package dev.signalbox.dnsclient.transport;

import dev.signalbox.platform.limit.LimitTable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often resolvers are asked, each address by itself, by all event loops that share this
 * together. Turns come in the order in which they were asked for, whoever asked. Any thread may use
 * it.
 */
public final class ResolverRates {

  /**
   * How much one resolver address is asked.
   *
   * @param perSecond queries a second, repetitions included; 0 for no limit
   * @param burst queries that may go out at once after a pause; at least 1
   * @param waiting queries that wait for their turn, for each address
   */
  public record Limits(int perSecond, int burst, int waiting) {

    /** No limit. */
    public static final Limits NONE = new Limits(0, 1, 0);
  }

  // Clients name resolvers.
  private static final int MOST_RESOLVERS = 65_536;

  private final Limits limits;
  private final LongSupplier nanoClock;
  private final LimitTable<InetAddress, RateGate> gates;

  /** Limits for those who share this. */
  public ResolverRates(Limits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.gates =
        new LimitTable<>(MOST_RESOLVERS, (_, now) -> new RateGate(limits, now), RateGate::unused);
  }

  Limits limits() {
    return limits;
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /** Whether somebody may send now; if so, it counts. */
  synchronized boolean tryTake(InetAddress address) {
    long now = now();
    RateGate gate = gates.of(address, now);
    return gate != null && gate.tryTake(now);
  }

  /** Queues for a turn; null when none would come in time, or too many resolvers are asked. */
  synchronized @Nullable RateGate tryQueue(InetAddress address, RateTurn turn) {
    RateGate gate = gates.of(address, now());
    if (gate == null || !gate.tryQueue(turn)) {
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
}
