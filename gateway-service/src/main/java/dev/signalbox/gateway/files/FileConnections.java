package dev.signalbox.gateway.files;

import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Connections to file-services, kept a while for the next file: the handshake of a connection costs
 * as much as a megabyte on its way. Belongs to one event loop.
 */
final class FileConnections {

  private final Vertx vertx;
  private final NetClient client;
  private final Duration kept;
  private final int limit;
  private final Map<SocketAddress, Deque<Idle>> idle = new HashMap<>();
  private int count;

  /**
   * The connections of an event loop.
   *
   * @param kept how long a connection waits for the next file; less than file-service's patience
   * @param limit how many wait at once
   */
  FileConnections(Vertx vertx, NetClient client, Duration kept, int limit) {
    this.vertx = vertx;
    this.client = client;
    this.kept = kept;
    this.limit = limit;
  }

  /**
   * A connection in use.
   *
   * @param used whether it carried a file before, so that its other side may have closed it
   */
  record Lent(NetSocketInternal socket, boolean used, SocketAddress peer) {}

  /** One that waits, or a new one. */
  Future<Lent> lend(SocketAddress peer) {
    Deque<Idle> waiting = idle.get(peer);
    // The last, so that those that are not needed end.
    return waiting == null
        ? connect(peer)
        : Future.succeededFuture(new Lent(waiting.getLast().take(), true, peer));
  }

  /** A new one. */
  Future<Lent> connect(SocketAddress peer) {
    return client
        .connect(peer.port(), peer.host())
        .map(socket -> new Lent((NetSocketInternal) socket, false, peer));
  }

  /** Takes one back that has carried the whole of a file and nothing more. */
  void giveBack(Lent lent) {
    if (count >= limit) {
      lent.socket().close();
    } else {
      new Idle(lent).await();
    }
  }

  /** Closes those that wait and lead to a peer. */
  void closeIdle(SocketAddress peer) {
    Deque<Idle> waiting = idle.get(peer);
    if (waiting != null) {
      List.copyOf(waiting).forEach(Idle::close);
    }
  }

  /** A connection that waits for the next file. */
  private final class Idle {

    private final NetSocketInternal socket;
    private final SocketAddress peer;
    private long timer;

    Idle(Lent lent) {
      this.socket = lent.socket();
      this.peer = lent.peer();
    }

    void await() {
      count++;
      idle.computeIfAbsent(peer, _ -> new ArrayDeque<>()).add(this);
      timer = vertx.setTimer(kept.toMillis(), _ -> close());
      socket.messageHandler(data -> {
        ReferenceCountUtil.release(data);
        close(); // It says nothing unless it is asked.
      });
      socket.exceptionHandler(_ -> {}); // Its close follows.
      socket.closeHandler(_ -> remove());
    }

    NetSocketInternal take() {
      remove();
      return socket;
    }

    private void close() {
      remove();
      socket.close();
    }

    private void remove() {
      Deque<Idle> waiting = idle.get(peer);
      if (waiting != null && waiting.remove(this)) {
        count--;
        vertx.cancelTimer(timer);
        if (waiting.isEmpty()) {
          idle.remove(peer);
        }
      }
    }
  }
}
