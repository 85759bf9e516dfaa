package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.RandomBits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Queries over TCP or TLS connections that stay open and carry many queries at once, answered in
 * any order (RFC 7766 section 6).
 */
public final class StreamTransport implements Transport {

  /**
   * How much TCP and TLS may use.
   *
   * @param connectionsPerResolver connections over which the queries to one resolver are spread
   * @param connections connections in all
   * @param inFlightPerConnection queries under way on one connection
   * @param idleNanos after which an unused connection is closed
   */
  public record Limits(
      int connectionsPerResolver, int connections, int inFlightPerConnection, long idleNanos) {}

  private final ContextInternal context;
  private final Limits limits;
  private final RandomBits random;
  private final TimerWheel wheel;
  private final NetClient client;
  private final ClientSSLOptions tls;
  private final Map<Upstream, List<StreamConnection>> peers = new HashMap<>();
  private final Set<StreamConnection> open = new HashSet<>();
  private final LinkedHashSet<StreamConnection> idle = new LinkedHashSet<>();
  private boolean closed;

  /**
   * A transport of one event loop.
   *
   * @param tls the trusted certificates; the certificate has to name the resolver
   */
  public StreamTransport(
      ContextInternal context,
      Limits limits,
      RandomBits random,
      TimerWheel wheel,
      ClientSSLOptions tls) {
    this.context = context;
    this.limits = limits;
    this.random = random;
    this.wheel = wheel;
    this.tls = tls.copy().setHostnameVerificationAlgorithm("HTTPS");
    this.client = context.owner().createNetClient(new NetClientOptions().setTcpNoDelay(true));
  }

  @Override
  public InFlight exchange(EncodedQuery query, Upstream upstream, RetryPolicy retryPolicy) {
    if (closed) {
      return InFlight.failed(
          context.failedFuture(
              new TransportException(
                  Fault.OVERLOADED, "was not asked: the client is shutting down", 0)));
    }
    StreamConnection connection = pick(upstream);
    if (connection == null) {
      return InFlight.failed(
          context.failedFuture(
              new TransportException(
                  Fault.OVERLOADED, "was not asked: too many queries under way", 0)));
    }
    Promise<Received> promise = context.promise();
    return connection.send(query, retryPolicy.timeoutNanos(), promise);
  }

  /** The least busy connection, or a new one when all have something to do. */
  private @Nullable StreamConnection pick(Upstream upstream) {
    List<StreamConnection> known = peers.getOrDefault(upstream, List.of());
    StreamConnection best = null;
    for (StreamConnection each : known) {
      if (best == null || each.inFlight() < best.inFlight()) {
        best = each;
      }
    }
    boolean busy = best == null || best.inFlight() >= limits.inFlightPerConnection() / 2;
    if (busy && known.size() < limits.connectionsPerResolver() && roomForOneMore()) {
      return open(upstream);
    }
    return best == null || best.inFlight() >= limits.inFlightPerConnection() ? null : best;
  }

  private boolean roomForOneMore() {
    if (open.size() >= limits.connections() && !idle.isEmpty()) {
      idle.getFirst().retire();
    }
    return open.size() < limits.connections();
  }

  private StreamConnection open(Upstream upstream) {
    StreamConnection fresh =
        new StreamConnection(context, upstream, limits, random, wheel, this::changed);
    open.add(fresh);
    peers.computeIfAbsent(upstream, _ -> new ArrayList<>(1)).add(fresh);
    fresh.connect(client, tls);
    return fresh;
  }

  private void changed(StreamConnection connection) {
    switch (connection.state()) {
      case IDLE -> idle.add(connection);
      case BUSY -> idle.remove(connection);
      case RETIRED -> forget(connection);
      case CLOSED -> {
        forget(connection);
        open.remove(connection);
      }
    }
  }

  private void forget(StreamConnection connection) {
    idle.remove(connection);
    List<StreamConnection> known = peers.get(connection.upstream());
    if (known != null && known.remove(connection) && known.isEmpty()) {
      peers.remove(connection.upstream());
    }
  }

  @Override
  public int inFlight() {
    return open.stream().mapToInt(StreamConnection::inFlight).sum();
  }

  /** Connections open now, those being opened included. */
  public int openConnections() {
    return open.size();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List.copyOf(open)
        .forEach(
            each -> each.close(Fault.OVERLOADED, "was cancelled: the client is shutting down"));
    return client.close();
  }
}
