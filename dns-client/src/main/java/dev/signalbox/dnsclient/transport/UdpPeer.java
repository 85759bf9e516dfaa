package dev.signalbox.dnsclient.transport;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One resolver: its sockets, what is under way to it and what waits for its turn. */
final class UdpPeer {

  private final UdpTransport.Limits limits;
  private final TimerWheel wheel;
  private final Function<UdpPeer, @Nullable UdpSocket> opener;
  private final ResolverWindow window;
  private final List<UdpSocket> sockets = new ArrayList<>(1);
  // A set, so that who leaves the middle of the queue gives the place back at once.
  private final LinkedHashSet<UdpQuery> waiting = new LinkedHashSet<>(0);
  private int next;
  private int inFlight;
  private boolean starting;

  /**
   * @param opener opens a socket to this resolver; null when there may be no more
   */
  UdpPeer(
      UdpTransport.Limits limits, TimerWheel wheel, Function<UdpPeer, @Nullable UdpSocket> opener) {
    this.limits = limits;
    this.wheel = wheel;
    this.opener = opener;
    this.window =
        new ResolverWindow(
            limits.unprovenPerResolver(), limits.socketsPerResolver() * limits.inFlightPerSocket());
  }

  void submit(UdpQuery query) {
    if (inFlight < window.limit() && waiting.isEmpty()) {
      start(query);
    } else if (waiting.size() < limits.waitingPerResolver()) {
      waiting.add(query);
      wheel.arm(query, query.retryPolicy.timeoutNanos());
    } else {
      query.fail(Fault.OVERLOADED, "was not asked: too many queries under way");
    }
  }

  private void start(UdpQuery query) {
    UdpSocket socket = pick();
    if (socket == null) {
      query.fail(Fault.OVERLOADED, "was not asked: too many queries under way");
    } else {
      inFlight++;
      socket.send(query);
    }
  }

  private @Nullable UdpSocket pick() {
    if (sockets.size() < limits.socketsPerResolver()) {
      UdpSocket fresh = opener.apply(this);
      if (fresh != null) {
        sockets.add(fresh);
        return fresh;
      }
    }
    for (int i = 0; i < sockets.size(); i++) {
      next = (next + 1) % sockets.size();
      if (!sockets.get(next).full()) {
        return sockets.get(next);
      }
    }
    return null;
  }

  /** One that waits does so no longer. */
  void leave(UdpQuery query) {
    wheel.disarm(query);
    waiting.remove(query);
  }

  int inFlight() {
    return inFlight + waiting.size();
  }

  void answered(long nanos) {
    window.answered(nanos);
    ended();
  }

  void lost() {
    window.lost();
  }

  /** One less is under way: the next may start. */
  void ended() {
    inFlight--;
    if (starting) {
      // A query that ends as it starts; the loop below goes on.
      return;
    }
    starting = true;
    while (inFlight < window.limit() && !waiting.isEmpty()) {
      UdpQuery query = waiting.removeFirst();
      wheel.disarm(query);
      start(query);
    }
    starting = false;
  }

  void forget(UdpSocket socket) {
    sockets.remove(socket);
  }

  /** Whether nothing is left of it. */
  boolean unused() {
    return sockets.isEmpty() && inFlight == 0 && waiting.isEmpty();
  }

  void close() {
    while (!waiting.isEmpty()) {
      UdpQuery query = waiting.removeFirst();
      wheel.disarm(query);
      query.fail(Fault.OVERLOADED, "was cancelled: the client is shutting down");
    }
  }
}
