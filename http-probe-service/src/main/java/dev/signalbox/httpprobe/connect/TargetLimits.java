package dev.signalbox.httpprobe.connect;

import dev.signalbox.httpprobe.phase.ProbeException;
import io.netty.channel.EventLoop;
import io.vertx.core.shareddata.Shareable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how often, and how often at once, each target is contacted. One for all event loops of a
 * process. A target is a host as a URL names it and a port.
 */
public final class TargetLimits implements Shareable {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  // A bucket holds what a tenth of a second lets through, so that a target sees no volleys.
  private static final int BUCKETS_PER_S = 10;
  private static final int MOST_TARGETS = 65_536;

  private final long interval;
  private final long slack;
  private final int connections;
  private final int mostTargets;
  private final Map<Target, Load> loads = new HashMap<>();
  private long sweptAt = System.nanoTime() - SECOND;

  private record Target(String host, int port) {}

  /** What one target has to bear; guarded by the limits' lock. */
  static final class Load {
    private final Target target;
    private final LinkedHashSet<Turn> waiting = new LinkedHashSet<>();
    private int open;
    // When the bucket will be full again (the "theoretical arrival time" of ATM's GCRA).
    private long full = System.nanoTime();

    private Load(Target target) {
      this.target = target;
    }
  }

  /**
   * Limits for each target.
   *
   * @param perSecond connections begun; 0 for no limit
   * @param connections open at once; 0 for no limit
   */
  public TargetLimits(int perSecond, int connections) {
    this(perSecond, connections, MOST_TARGETS);
  }

  TargetLimits(int perSecond, int connections, int mostTargets) {
    this.interval = perSecond == 0 ? 0 : SECOND / perSecond;
    this.slack = interval * Math.max(0, perSecond / BUCKETS_PER_S - 1);
    this.connections = connections;
    this.mostTargets = mostTargets;
  }

  /**
   * Queues for a target; to be called on the event loop, and the turn to be ended there, however
   * the contact goes.
   *
   * @param within nanoseconds; a turn that would come later is refused at once
   */
  public Turn turn(String host, int port, EventLoop loop, long within) {
    long now = System.nanoTime();
    if (interval == 0 && connections == 0) {
      Turn free = new Turn(this, null, loop, now);
      free.goAfter(0);
      return free;
    }
    synchronized (this) {
      Target target = new Target(host, port);
      Load load = loads.get(target);
      if (load == null) {
        if (loads.size() >= mostTargets && !sweep(now)) {
          Turn none = new Turn(this, null, loop, now);
          none.refuse(ProbeException.overloaded("too many targets are being probed at once"));
          return none;
        }
        load = new Load(target);
        loads.put(target, load);
      }
      Turn turn = new Turn(this, load, loop, now + within);
      if (connections > 0 && load.open >= connections) {
        load.waiting.add(turn);
      } else {
        admit(load, turn, now);
      }
      return turn;
    }
  }

  synchronized void end(Turn turn, Load load) {
    long now = System.nanoTime();
    if (!turn.release()) {
      load.waiting.remove(turn);
    } else {
      load.open--;
    }
    while (!load.waiting.isEmpty() && load.open < connections) {
      admit(load, load.waiting.removeFirst(), now);
    }
    if (idle(load, now)) {
      loads.remove(load.target, load);
    }
  }

  /** Targets that something is remembered of. */
  public synchronized int targets() {
    return loads.size();
  }

  private void admit(Load load, Turn turn, long now) {
    long pause = interval == 0 ? 0 : Math.max(0, load.full - slack - now);
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
    if (interval > 0) {
      load.full = Math.max(load.full - now, 0) + now + interval;
    }
    load.open++;
    turn.hold();
    turn.goAfter(pause);
  }

  /** Forgets targets that could be forgotten; whether there is room now. */
  private boolean sweep(long now) {
    if (now - sweptAt < SECOND) {
      return false;
    }
    sweptAt = now;
    for (Iterator<Load> all = loads.values().iterator(); all.hasNext(); ) {
      if (idle(all.next(), now)) {
        all.remove();
      }
    }
    return loads.size() < mostTargets;
  }

  private static boolean idle(Load load, long now) {
    return load.open == 0 && load.waiting.isEmpty() && load.full - now <= 0;
  }
}
