package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.limit.ClientQuotas;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client connections of one event loop, over all doors. Admits new ones, closes idle ones, and
 * looks at the others now and then. Belongs to its event loop.
 */
public final class ConnectionRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRegistry.class);

  private static final long MAX_SWEEP_MS = 500;

  /** Beyond the limit, for what must answer under overload. */
  private static final int RESERVE = 64;

  private final Vertx vertx;
  private final ListenerSettings settings;
  private final ClientQuotas quotas;
  private final AtomicInteger open;
  private final IdentityHashMap<HttpConnection, ClientConnection> connections =
      new IdentityHashMap<>();
  // The longest idle one first.
  private final Set<ClientConnection> idle = new LinkedHashSet<>();
  private final long timer;
  private boolean stopping;

  /**
   * A registry; call on its event loop.
   *
   * @param open counts connections over all event loops
   */
  public ConnectionRegistry(
      Vertx vertx, ListenerSettings settings, ClientQuotas quotas, AtomicInteger open) {
    this.vertx = vertx;
    this.settings = settings;
    this.quotas = quotas;
    this.open = open;
    long period = Math.min(MAX_SWEEP_MS, Math.max(10, settings.idle().toMillis() / 4));
    this.timer = vertx.setPeriodic(period, _ -> sweep());
  }

  /** The rules of connections. */
  public ListenerSettings settings() {
    return settings;
  }

  /**
   * A connection has come. Where there are as many as may be, the longest idle one gives way; where
   * none is idle, a few more are taken for what must answer under overload.
   */
  void connected(HttpConnection http) {
    // Clients that leave are no errors of ours; without a handler each is logged as one.
    http.exceptionHandler(e -> LOG.debug("connection of {} broke", http.remoteAddress(), e));
    ClientQuotas.Client client = stopping ? null : quotas.tryConnect(http.remoteAddress());
    if (client == null) {
      http.close();
      return;
    }
    boolean reserve = open.incrementAndGet() > settings.connections() && !closeLongestIdle();
    if (reserve && open.get() > settings.connections() + RESERVE) {
      open.decrementAndGet();
      client.disconnect();
      http.close();
      return;
    }
    var connection = new ClientConnection(http, this, client, reserve, System.nanoTime());
    connections.put(http, connection);
    idle.add(connection);
    http.closeHandler(_ -> {
      connections.remove(http);
      idle.remove(connection);
      open.decrementAndGet();
      client.disconnect();
      connection.closed();
    });
  }

  private boolean closeLongestIdle() {
    if (idle.isEmpty()) {
      return false;
    }
    ClientConnection longest = idle.iterator().next();
    idle.remove(longest);
    longest.evict();
    return true;
  }

  void busy(ClientConnection connection) {
    idle.remove(connection);
  }

  void idle(ClientConnection connection) {
    if (connections.containsKey(connection.http())) {
      idle.add(connection);
    }
  }

  /** What is known of a connection; null when it was refused or is closed. */
  public @Nullable ClientConnection find(HttpConnection http) {
    return connections.get(http);
  }

  boolean stopping() {
    return stopping;
  }

  /** From now on every response is its connection's last, and idle connections are closed. */
  public void stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    new ArrayList<>(connections.values()).forEach(ClientConnection::closeIfIdle);
  }

  private void sweep() {
    long now = System.nanoTime();
    long idleNanos = settings.idle().toNanos();
    long stallNanos = settings.stall().toNanos();
    for (ClientConnection connection : new ArrayList<>(connections.values())) {
      try {
        connection.sweep(now, idleNanos, stallNanos);
      } catch (RuntimeException e) {
        // One connection must not keep the others from their deadlines.
        LOG.error(
            "connection of {} cannot be watched; closing", connection.http().remoteAddress(), e);
        WriteProgress.cutOff(connection.http());
      }
    }
  }
}
