package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.access.ClientCertificate;
import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.limit.ClientQuotas;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client connections of one event loop, over all doors: admits new ones, closes idle and
 * stalled ones. Belongs to its event loop.
 */
public final class ConnectionRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionRegistry.class);

  private static final long MAX_SWEEP_MS = 500;

  /** Connections beyond the limit, for routes that must answer under overload. */
  private static final int RESERVE = 64;

  /**
   * The limits of every door's connections.
   *
   * @param bind address to listen on
   * @param idle longest time without a request
   * @param requestsPerConnection the connection is closed after this many
   * @param stall longest time in which a client reads nothing of its response
   * @param headerBytes limit of the header section
   * @param uriBytes limit of the request line
   * @param connections limit over all doors and event loops
   */
  public record Settings(
      String bind,
      Duration idle,
      int requestsPerConnection,
      Duration stall,
      int headerBytes,
      int uriBytes,
      int connections) {}

  private final Vertx vertx;
  private final Settings settings;
  private final ClientQuotas quotas;
  private final TrustedProxies proxies;
  private final AtomicInteger open;
  private final IdentityHashMap<HttpConnection, ClientConnection> connections =
      new IdentityHashMap<>();
  private final long timer;
  private long lastArrival = System.nanoTime();
  private boolean leaving;
  private boolean stopping;

  /** Call it on the event loop; {@code open} counts the connections over all event loops. */
  public ConnectionRegistry(
      Vertx vertx,
      Settings settings,
      ClientQuotas quotas,
      TrustedProxies proxies,
      AtomicInteger open) {
    this.vertx = vertx;
    this.settings = settings;
    this.quotas = quotas;
    this.proxies = proxies;
    this.open = open;
    long period = Math.min(MAX_SWEEP_MS, Math.max(10, settings.idle().toMillis() / 4));
    this.timer = vertx.setPeriodic(period, _ -> sweep());
  }

  public Settings settings() {
    return settings;
  }

  /**
   * Admits a connection. At the limit it evicts the connection that has been idle longest; when
   * none is idle, it admits a few more for routes that must answer under overload.
   *
   * @param door that it came to
   */
  void onConnect(HttpConnection http, Door door) {
    boolean proxyProtocol = door.proxyProtocol();
    // Without a handler Vert.x logs each client that disconnects as an error.
    http.exceptionHandler(e -> LOG.debug("connection of {} failed", ClientAddress.peer(http), e));
    lastArrival = System.nanoTime();
    ClientQuotas.Client client = stopping ? null : connect(http, proxyProtocol);
    if (client == null) {
      http.close();
      return;
    }
    boolean reserve = open.incrementAndGet() > settings.connections() && !evictLongestIdle();
    if (reserve && open.get() > settings.connections() + RESERVE) {
      open.decrementAndGet();
      client.disconnect();
      http.close();
      return;
    }
    // A proxy that hides its client, or speaks for itself (LOCAL), passes on bytes of anybody.
    boolean fieldsCount =
        !proxyProtocol
            || !Objects.equals(ClientAddress.transportPeer(http), ClientAddress.peer(http));
    // Once for each connection: its requests take the digest from here.
    ClientCertificate certificate = door.asksForCertificates() ? ClientCertificate.of(http) : null;
    var connection =
        new ClientConnection(http, client, reserve, fieldsCount, certificate, System.nanoTime());
    connections.put(http, connection);
    http.closeHandler(_ -> {
      connections.remove(http);
      open.decrementAndGet();
      client.disconnect();
      connection.closed();
    });
  }

  /** Connections of trusted proxies are bounded in all only: they serve many clients. */
  private ClientQuotas.@Nullable Client connect(HttpConnection http, boolean proxyProtocol) {
    if (proxyProtocol && !proxies.trusts(ClientAddress.transportPeer(http))) {
      return null;
    }
    SocketAddress peer = ClientAddress.peer(http);
    return proxies.trusts(peer) ? quotas.connectProxy(peer) : quotas.tryConnect(peer);
  }

  /** Searches all connections: seldom, where a list in order would cost every request. */
  private boolean evictLongestIdle() {
    long now = System.nanoTime();
    Optional<ClientConnection> longest =
        connections.values().stream()
            .filter(ClientConnection::idle)
            .max(Comparator.comparingLong(connection -> connection.idleNanos(now)));
    longest.ifPresent(ClientConnection::evict);
    return longest.isPresent();
  }

  /** The state of a connection; null when it was refused or is closed. */
  public @Nullable ClientConnection find(HttpConnection http) {
    return connections.get(http);
  }

  /** Whether every request is the last of its connection. */
  boolean leaving() {
    return leaving;
  }

  /** Makes the next request of each connection its last; new connections are still admitted. */
  public void leave() {
    leaving = true;
  }

  /** How long no new connection has come. */
  public long quietNanos() {
    return System.nanoTime() - lastArrival;
  }

  /** Closes idle connections now and every other one after its next response; admits no more. */
  public void stop() {
    leaving = true;
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
        // A failing connection must not skip the deadlines of the others.
        LOG.error("sweep of {} failed; closing it", ClientAddress.peer(connection.http()), e);
        WriteProgress.forceClose(connection.http());
      }
    }
  }
}
