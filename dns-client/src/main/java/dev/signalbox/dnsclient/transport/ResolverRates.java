package dev.signalbox.dnsclient.transport;

import dev.signalbox.platform.limit.LimitTable;
import io.vertx.core.shareddata.Shareable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often resolvers are asked, each address by itself, by all event loops that share this
 * together. Where other processes ask too, this one has an equal share of each limit. Turns come in
 * the order of the queries of all event loops. Any thread may use it.
 */
public final class ResolverRates implements Shareable {

  /**
   * How much one resolver address is asked, by all processes together.
   *
   * @param perSecond queries a second, repetitions included; 0 for no limit
   * @param burst queries that may go out at once after a pause; at least 1 from each process
   * @param waiting queries that wait for their turn, for each address in each process
   * @param resolvers addresses whose rate is counted at once in each process; clients name them
   */
  public record Limits(int perSecond, int burst, int waiting, int resolvers) implements Shareable {

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
  private final IntSupplier processes;
  private final LimitTable<InetAddress, RateGate> gates;

  /** The rates that several event loops share, of a process that asks alone. */
  public ResolverRates(Limits limits, LongSupplier nanoClock) {
    this(limits, nanoClock, () -> 1);
  }

  /**
   * The rates that several event loops share.
   *
   * @param processes how many processes ask, this one included, at least 1; asked for each query
   */
  public ResolverRates(Limits limits, LongSupplier nanoClock, IntSupplier processes) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.processes = processes;
    this.gates =
        new LimitTable<>(
            limits.resolvers(),
            (_, now) -> new RateGate(limits, processes.getAsInt(), now),
            RateGate::unused);
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
    RateGate gate = gate(address, now);
    return gate != null && gate.tryTake(now);
  }

  /** Queues a turn at the gate of an address. */
  synchronized Queued tryQueue(InetAddress address, RateTurn turn) {
    RateGate gate = gate(address, now());
    if (gate == null) {
      return Queued.TOO_MANY_RESOLVERS;
    }
    if (!gate.tryQueue(turn)) {
      return Queued.NO_TURN;
    }
    turn.at(gate);
    return Queued.YES;
  }

  private @Nullable RateGate gate(InetAddress address, long now) {
    RateGate gate = gates.of(address, now);
    if (gate != null) {
      gate.share(processes.getAsInt(), now);
    }
    return gate;
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
    gate.share(processes.getAsInt(), now);
    gate.alarmOver();
    List<RateTurn> due = new ArrayList<>();
    while (gate.hasDue(now)) {
      due.add(gate.takeDue());
    }
    return due;
  }
}
