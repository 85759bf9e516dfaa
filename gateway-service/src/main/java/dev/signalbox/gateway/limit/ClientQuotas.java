package dev.signalbox.gateway.limit;

import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one client may have open at a time, by its address, so that none can take everything. All
 * addresses of an IPv6 /64 are one client, for that is the smallest network anyone is given (RFC
 * 6177). Only addresses with a connection are kept. Any thread may use it.
 */
public final class ClientQuotas {

  private final int maxConnections;
  private final int maxRequests;
  private final ConcurrentMap<String, Client> clients = new ConcurrentHashMap<>();

  /** Bounds from 1. */
  public ClientQuotas(int maxConnections, int maxRequests) {
    this.maxConnections = maxConnections;
    this.maxRequests = maxRequests;
  }

  /** One client, as long as it has a connection. */
  public final class Client {

    private final String key;
    private final AtomicInteger requests = new AtomicInteger();
    // Guarded by the map's lock on the key.
    private int connections;

    private Client(String key) {
      this.key = key;
    }

    /** Takes a place for a request; false when the client has as many as it may. */
    public boolean tryBeginRequest() {
      if (requests.incrementAndGet() <= maxRequests) {
        return true;
      }
      requests.decrementAndGet();
      return false;
    }

    /** Gives the place of a request back. */
    public void endRequest() {
      requests.decrementAndGet();
    }

    /** Gives the place of a connection back. */
    public void disconnect() {
      clients.computeIfPresent(key, (_, client) -> --client.connections == 0 ? null : client);
    }
  }

  /** Takes a place for a connection; null when the client has as many as it may. */
  public @Nullable Client tryConnect(@Nullable SocketAddress address) {
    String key = key(address);
    Client[] connected = new Client[1];
    clients.compute(
        key,
        (_, present) -> {
          Client client = present == null ? new Client(key) : present;
          if (client.connections < maxConnections) {
            client.connections++;
            connected[0] = client;
          }
          return client;
        });
    return connected[0];
  }

  private static String key(@Nullable SocketAddress address) {
    String host = address == null ? null : address.hostAddress();
    if (host == null) {
      return "unknown";
    }
    if (host.indexOf(':') < 0) {
      return host;
    }
    try {
      return InetAddress.ofLiteral(host) instanceof Inet6Address v6
          ? HexFormat.of().formatHex(v6.getAddress(), 0, 8)
          : host;
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  /** Clients that have a connection now. */
  int size() {
    return clients.size();
  }
}
