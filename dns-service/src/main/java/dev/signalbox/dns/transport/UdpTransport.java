package dev.signalbox.dns.transport;

import dev.signalbox.dns.message.EncodedQuery;
import dev.signalbox.dns.message.RandomBits;
import io.netty.channel.ChannelException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
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

  private final ContextInternal context;
  private final UdpLimits limits;
  private final RandomBits random;
  private final TimerWheel wheel;
  private final Map<InetSocketAddress, List<UdpSocket>> peers = new HashMap<>();
  private final LinkedHashSet<UdpSocket> idle = new LinkedHashSet<>();
  private final Set<UdpSocket> open = new HashSet<>();
  private boolean closed;

  /** A transport of one event loop. */
  public UdpTransport(
      ContextInternal context, UdpLimits limits, RandomBits random, TimerWheel wheel) {
    this.context = context;
    this.limits = limits;
    this.random = random;
    this.wheel = wheel;
  }

  @Override
  public Future<Received> exchange(EncodedQuery query, Upstream upstream, Patience patience) {
    if (closed) {
      return context.failedFuture(
          new TransportException(Fault.OVERLOADED, "was not asked: stopping", 0));
    }
    UdpSocket socket = pick(upstream.address());
    if (socket == null) {
      return context.failedFuture(
          new TransportException(Fault.OVERLOADED, "was not asked: too many queries under way", 0));
    }
    Promise<Received> promise = context.promise();
    socket.send(query, patience, promise);
    return promise.future();
  }

  private @Nullable UdpSocket pick(InetSocketAddress address) {
    List<UdpSocket> sockets = peers.computeIfAbsent(address, _ -> new ArrayList<>(1));
    if (sockets.size() < limits.socketsPerResolver() && roomForOneMore()) {
      UdpSocket fresh = open(address);
      if (fresh != null) {
        sockets.add(fresh);
        return fresh;
      }
    }
    int start = sockets.isEmpty() ? 0 : random.nextInt(sockets.size());
    for (int i = 0; i < sockets.size(); i++) {
      UdpSocket socket = sockets.get((start + i) % sockets.size());
      if (!socket.full()) {
        return socket;
      }
    }
    if (sockets.isEmpty()) {
      peers.remove(address);
    }
    return null;
  }

  private @Nullable UdpSocket open(InetSocketAddress address) {
    try {
      UdpSocket socket = new UdpSocket(context, address, limits, random, wheel, this::changed);
      open.add(socket);
      return socket;
    } catch (ChannelException _) {
      // No more file descriptors: those already open have to do.
      return null;
    }
  }

  private boolean roomForOneMore() {
    if (open.size() < limits.sockets()) {
      return true;
    }
    if (idle.isEmpty()) {
      return false;
    }
    idle.getFirst().retire();
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
    List<UdpSocket> sockets = peers.get(socket.remote());
    if (sockets != null && sockets.remove(socket) && sockets.isEmpty()) {
      peers.remove(socket.remote());
    }
  }

  /** Sockets open now. */
  public int openSockets() {
    return open.size();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List.copyOf(open).forEach(UdpSocket::close);
    return context.succeededFuture();
  }
}
