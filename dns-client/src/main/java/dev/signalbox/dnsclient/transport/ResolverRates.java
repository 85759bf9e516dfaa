package dev.signalbox.dnsclient.transport;

import dev.signalbox.platform.limit.LimitTable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How often resolvers are asked, each address by itself, by all event loops that share this
 * together. Turns come in the order of the queries of all event loops. Any thread may use it.
 */
public final class ResolverRates {

  /**
   * How much one resolver address is asked.
   *
   * @param perSecond queries a second, repetitions included; 0 for no limit
   * @param burst queries that may go out at once after a pause; at least 1
   * @param waiting queries that wait for their turn, for each address
   * @param resolvers addresses whose rate is counted at once; clients name resolvers
   */
  public record Limits(int perSecond, int burst, int waiting, int resolvers) {

    /** No limit. */
    public static final Limits NONE = new Limits(0, 1, 0, 1);
  }

  /** Whether a turn was queued, and why not. */
  enum Queued {
    /** The turn will come in time. */
    YES,
    /** No turn would come in time, or too many queries wait for this address. */
    NO_TURN,
    /** The rates of too many other addresses are counted. */
    TOO_MANY_RESOLVERS
  }

  private final Limits limits;
  private final LongSupplier nanoClock;
  private final LimitTable<InetAddress, RateGate> gates;

  /** The rates that several event loops share. */
  public ResolverRates(Limits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.gates =
        new LimitTable<>(
            limits.resolvers(), (_, now) -> new RateGate(limits, now), RateGate::unused);
  }

  Limits limits() {
    return limits;
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /** Takes a permit to send to an address now, if there is one. */
  synchronized boolean tryTake(InetAddress address) {
    long now = now();
    RateGate gate = gates.of(address, now);
    return gate != null && gate.tryTake(now);
  }

  /** Queues a turn at the gate of an address. */
  synchronized Queued tryQueue(InetAddress address, RateTurn turn) {
    RateGate gate = gates.of(address, now());
    if (gate == null) {
      return Queued.TOO_MANY_RESOLVERS;
    }
    if (!gate.tryQueue(turn)) {
      return Queued.NO_TURN;
    }
    turn.at(gate);
    return Queued.YES;
  }

  synchronized void leave(RateTurn turn) {
    RateGate gate = turn.gate();
    if (gate != null) {
      gate.leave(turn);
    }
  }

  /** Nanoseconds until the caller has to run what is due; negative when it need not. */
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
