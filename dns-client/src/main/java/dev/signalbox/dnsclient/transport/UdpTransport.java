package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.RandomBits;
import io.netty.channel.ChannelException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Queries over a bounded pool of connected sockets. Connected, so that the kernel drops what comes
 * from any other address or port and reports a resolver that does not listen; several for each
 * resolver and replaced after a while, so that the source port stays as hard to guess as the id.
 */
public final class UdpTransport implements Transport {

  /**
   * How much UDP may use.
   *
   * @param socketsPerResolver sockets, each with a random source port, over which the queries to
   *     one resolver are spread
   * @param sockets sockets in all
   * @param inFlightPerSocket queries under way on one socket; far below 65,536, so that a free
   *     random id is found at once
   * @param unprovenPerResolver queries under way to a resolver of which nothing is known yet, or
   *     only that it does not keep up
   * @param waitingPerResolver queries that wait until a resolver keeps up with those under way
   * @param lifetimeNanos after which a socket, and with it the source port, is replaced
   * @param mixedCase whether the name's letters are sent in random case
   */
  public record Limits(
      int socketsPerResolver,
      int sockets,
      int inFlightPerSocket,
      int unprovenPerResolver,
      int waitingPerResolver,
      long lifetimeNanos,
      boolean mixedCase) {

    /** Queries that the receive buffer of any server holds by default, with some to spare. */
    public static final int ANY_SERVER = 128;
  }

  private final ContextInternal context;
  private final Limits limits;
  private final RandomBits random;
  private final TimerWheel wheel;
  private final RateGates rates;
  private final Map<InetSocketAddress, UdpPeer> peers = new HashMap<>();
  private final LinkedHashSet<UdpSocket> idle = new LinkedHashSet<>();
  private final Set<UdpSocket> open = new HashSet<>();
  private boolean closed;

  /** A transport of one event loop. */
  public UdpTransport(
      ContextInternal context,
      Limits limits,
      RandomBits random,
      TimerWheel wheel,
      RateGates rates) {
    this.rates = rates;
    this.context = context;
    this.limits = limits;
    this.random = random;
    this.wheel = wheel;
  }

  @Override
  public InFlight exchange(EncodedQuery query, Upstream upstream, RetryPolicy retryPolicy) {
    if (closed) {
      return InFlight.failed(
          context.failedFuture(
              new TransportException(
                  Fault.OVERLOADED, "was not asked: the client is shutting down", 0)));
    }
    Promise<Received> promise = context.promise();
    InetSocketAddress address = upstream.address();
    UdpPeer peer =
        peers.computeIfAbsent(
            address, _ -> new UdpPeer(limits, wheel, self -> open(self, address)));
    UdpQuery entry = new UdpQuery(query, retryPolicy, promise, peer);
    peer.submit(entry);
    forgetIfUnused(address, peer);
    return entry;
  }

  private @Nullable UdpSocket open(UdpPeer peer, InetSocketAddress address) {
    if (!roomForOneMore()) {
      return null;
    }
    try {
      UdpSocket socket =
          new UdpSocket(context, peer, address, limits, random, wheel, rates, this::changed);
      open.add(socket);
      return socket;
    } catch (ChannelException _) {
      // No more file descriptors: those already open have to do.
      return null;
    }
  }

  private boolean roomForOneMore() {
    if (open.size() >= limits.sockets() && !idle.isEmpty()) {
      idle.getFirst().retire();
    }
    return open.size() < limits.sockets();
  }

  private void changed(UdpSocket socket) {
    switch (socket.state()) {
      case IDLE -> idle.add(socket);
      case BUSY -> idle.remove(socket);
      case RETIRED -> forget(socket);
      case CLOSED -> {
        forget(socket);
        open.remove(socket);
      }
    }
  }

  private void forget(UdpSocket socket) {
    idle.remove(socket);
    socket.peer().forget(socket);
    forgetIfUnused(socket.remote(), socket.peer());
  }

  private void forgetIfUnused(InetSocketAddress address, UdpPeer peer) {
    if (peer.unused()) {
      peers.remove(address, peer);
    }
  }

  @Override
  public int inFlight() {
    return peers.values().stream().mapToInt(UdpPeer::inFlight).sum();
  }

  /** Sockets open now. */
  public int openSockets() {
    return open.size();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List.copyOf(peers.values()).forEach(UdpPeer::close);
    List.copyOf(open).forEach(UdpSocket::close);
    return context.succeededFuture();
  }
}
