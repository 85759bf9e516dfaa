package dev.signalbox.gateway.limit;

import dev.signalbox.contracts.net.IpLiteral;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections and requests that one client address has open, so that no client takes
 * them all. All addresses of an IPv6 /64 are one client, the smallest network that a provider
 * assigns (RFC 6177). Only addresses with a connection or a request are stored. Any thread may use
 * it.
 */
public final class ClientQuotas {

  private final int maxConnections;
  private final int maxRequests;
  private final ConcurrentMap<String, Client> clients = new ConcurrentHashMap<>();

  public ClientQuotas(int maxConnections, int maxRequests) {
    this.maxConnections = maxConnections;
    this.maxRequests = maxRequests;
  }

  /** A client with at least one connection, or with a request by way of a proxy. */
  public final class Client {

    private final String key;
    private final AtomicInteger requests = new AtomicInteger();
    // Counted apart: the pages of a shared address must not use up its requests.
    private final AtomicInteger eventStreams = new AtomicInteger();
    // Both guarded by the map's lock on the key.
    private int connections;
    private int holders;

    private Client(String key) {
      this.key = key;
    }

    /** The name under which it is counted: its address, or its network of IPv6. */
    public String key() {
      return key;
    }

    /** Acquires a permit for a request; false at the bound. */
    public boolean tryBeginRequest() {
      return tryBegin(requests);
    }

    /** Acquires a permit for a stream of events; false at the bound. */
    public boolean tryBeginEventStream() {
      return tryBegin(eventStreams);
    }

    /** Releases the permit of a stream of events. */
    public void endEventStream() {
      eventStreams.decrementAndGet();
    }

    private boolean tryBegin(AtomicInteger open) {
      if (open.incrementAndGet() <= maxRequests) {
        return true;
      }
      open.decrementAndGet();
      return false;
    }

    /** Releases the permit of a request. */
    public void endRequest() {
      requests.decrementAndGet();
    }

    /** Releases the permit of a connection. */
    public void disconnect() {
      clients.computeIfPresent(
          key,
          (_, client) -> {
            client.connections--;
            return --client.holders == 0 ? null : client;
          });
    }

    /** Ends what {@link #hold} began. */
    public void release() {
      clients.computeIfPresent(key, (_, client) -> --client.holders == 0 ? null : client);
    }
  }

  /** Acquires a permit for a connection; null at the bound. */
  public @Nullable Client tryConnect(@Nullable SocketAddress address) {
    String key = key(address == null ? null : address.hostAddress());
    Client[] connected = new Client[1];
    clients.compute(
        key,
        (_, present) -> {
          Client client = present == null ? new Client(key) : present;
          if (client.connections < maxConnections) {
            client.connections++;
            client.holders++;
            connected[0] = client;
          }
          return client;
        });
    return connected[0];
  }

  /** Counts a connection of a trusted proxy, without a bound: it is that of many clients. */
  public Client connectProxy(@Nullable SocketAddress address) {
    // A proxy may be in the network of clients.
    return keep("proxy " + (address == null ? "" : address.hostAddress()), 1);
  }

  /** A client that sends a request by way of a proxy. End it by {@link Client#release}. */
  public Client hold(@Nullable String host) {
    return keep(key(host), 0);
  }

  private Client keep(String key, int connections) {
    return clients.compute(
        key,
        (_, present) -> {
          Client client = present == null ? new Client(key) : present;
          client.connections += connections;
          client.holders++;
          return client;
        });
  }

  /** The name under which the client of an address is counted. */
  public static String key(@Nullable String host) {
    return host == null ? "unknown" : IpLiteral.host(host);
  }

  int size() {
    return clients.size();
  }
}
