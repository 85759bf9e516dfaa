package dev.signalbox.httpprobe.connect;

import dev.signalbox.contracts.net.TokenBucket;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.limit.LimitTable;
import io.netty.channel.EventLoop;
import io.vertx.core.shareddata.Shareable;
import java.util.LinkedHashSet;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often, and how often at once, each target is contacted. One for all event loops of a
 * process; where other processes probe too, this one has an equal share of each limit, and at least
 * one connection. A target is a host as a URL names it and a port.
 */
public final class TargetLimits implements Shareable {

  // A bucket holds what a tenth of a second lets through, so that a target sees no volleys.
  private static final int BUCKETS_PER_S = 10;
  private static final int MOST_TARGETS = 65_536;

  private final int perSecond;
  private final int connections;
  private final IntSupplier processes;
  private final LongSupplier nanos;
  private final LimitTable<Target, Load> loads;

  private record Target(String host, int port) {}

  /** What one target has to bear; guarded by the limits' lock. */
  static final class Load {
    private final Target target;
    private final LinkedHashSet<Turn> waiting = new LinkedHashSet<>();
    private final @Nullable TokenBucket bucket;
    private int open;

    private Load(Target target, double perSecond, long now) {
      this.target = target;
      this.bucket = perSecond == 0 ? null : TokenBucket.full(perSecond, burst(perSecond), now);
    }

    private void share(double perSecond, long now) {
      if (bucket != null) {
        bucket.change(perSecond, burst(perSecond), now);
      }
    }

    private static double burst(double perSecond) {
      return Math.max(1, perSecond / BUCKETS_PER_S);
    }

    private boolean isIdle(long now) {
      return open == 0 && waiting.isEmpty() && (bucket == null || bucket.isFull(now));
    }
  }

  /** Limits for each target, of a process that probes alone. */
  public TargetLimits(int perSecond, int connections) {
    this(perSecond, connections, () -> 1);
  }

  /**
   * Limits for each target.
   *
   * @param perSecond connections begun; 0 for no limit
   * @param connections open at once; 0 for no limit
   * @param processes how many processes probe, this one included, at least 1; asked for each turn
   */
  public TargetLimits(int perSecond, int connections, IntSupplier processes) {
    this(perSecond, connections, processes, MOST_TARGETS, System::nanoTime);
  }

  TargetLimits(
      int perSecond, int connections, IntSupplier processes, int mostTargets, LongSupplier nanos) {
    this.nanos = nanos;
    this.perSecond = perSecond;
    this.connections = connections;
    this.processes = processes;
    this.loads =
        new LimitTable<>(mostTargets, (key, now) -> new Load(key, rateShare(), now), Load::isIdle);
  }

  private double rateShare() {
    return perSecond / (double) processes.getAsInt();
  }

  private int connectionShare() {
    return Math.max(1, connections / processes.getAsInt());
  }

  /**
   * Queues for a target; to be called on the event loop, and the turn to be ended there, however
   * the contact goes.
   *
   * @param within nanoseconds; a turn that would come later is refused at once
   */
  public Turn turn(String host, int port, EventLoop loop, long within) {
    long now = nanos.getAsLong();
    if (perSecond == 0 && connections == 0) {
      Turn free = new Turn(this, null, loop, now);
      free.goAfter(0);
      return free;
    }
    synchronized (this) {
      Load load = loads.of(new Target(host, port), now);
      if (load == null) {
        Turn none = new Turn(this, null, loop, now);
        none.refuse(ProbeException.overloaded("too many targets are being probed at once"));
        return none;
      }
      Turn turn = new Turn(this, load, loop, now + within);
      load.share(rateShare(), now);
      if (connections > 0 && load.open >= connectionShare()) {
        load.waiting.add(turn);
      } else {
        admit(load, turn, now);
      }
      return turn;
    }
  }

  synchronized void end(Turn turn, Load load) {
    long now = nanos.getAsLong();
    if (!turn.release()) {
      load.waiting.remove(turn);
    } else {
      load.open--;
    }
    load.share(rateShare(), now);
    while (!load.waiting.isEmpty() && load.open < connectionShare()) {
      admit(load, load.waiting.removeFirst(), now);
    }
    loads.release(load.target, now);
  }

  /** Targets that something is remembered of. */
  public synchronized int targets() {
    return loads.size();
  }

  private void admit(Load load, Turn turn, long now) {
    long pause = load.bucket == null ? 0 : Math.max(0, load.bucket.dueAt(1) - now);
    if (now + pause - turn.deadline() > 0) {
      turn.release();
      turn.refuse(
          ProbeException.overloaded(
              "http-probe.target-rate-per-s leaves no turn at "
                  + load.target.host()
                  + " port "
                  + load.target.port()
                  + " in time"));
      return;
    }
    if (load.bucket != null) {
      load.bucket.take(1, now);
    }
    load.open++;
    turn.hold();
    turn.goAfter(pause);
  }
}
