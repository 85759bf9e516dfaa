package dev.signalbox.gateway.client;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request: the one address by which clients are counted and named. It is the address of
 * the peer, or the one that a trusted proxy names. No other class asks sockets for it.
 *
 * @param host the address as text; null when the request came from no network
 * @param port 0 when the proxy did not name it
 * @param secure whether the client speaks TLS, to the gateway or to the proxy
 * @param authority the host that the client called, where a proxy names it; else null
 * @param proxy address and port of the trusted proxy between; null without one
 * @param problem what is wrong with what the proxy says; null when it is well-formed
 */
public record ClientAddress(
    @Nullable String host,
    int port,
    boolean secure,
    @Nullable String authority,
    @Nullable String proxy,
    @Nullable String problem) {

  private static final String NO_NETWORK = "-";

  /** The peer of a request, whatever its headers say. */
  static ClientAddress ofPeer(HttpServerRequest request) {
    SocketAddress peer = peer(request);
    return new ClientAddress(
        peer == null ? null : peer.hostAddress(),
        peer == null ? 0 : peer.port(),
        request.isSSL(),
        null,
        null,
        null);
  }

  static @Nullable SocketAddress peer(HttpServerRequest request) {
    return request.remoteAddress();
  }

  /** The other end of a connection, which may be a proxy; by the PROXY protocol its client. */
  public static @Nullable SocketAddress peer(HttpConnection connection) {
    return connection.remoteAddress();
  }

  /** The other end of the TCP connection, whatever the PROXY protocol says; null if not known. */
  public static @Nullable SocketAddress transportPeer(HttpConnection connection) {
    return connection instanceof ConnectionBase base ? peer(base.channel()) : null;
  }

  /** The other end of a connection, which may be a proxy; null when it is closed. */
  public static @Nullable SocketAddress peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? SocketAddress.inetSocketAddress(address)
        : null;
  }

  /** Whether a trusted proxy named it. */
  public boolean proxied() {
    return proxy != null;
  }

  /** For logs: the address, with the port where it is known. */
  public String text() {
    if (host == null) {
      return NO_NETWORK;
    }
    if (port == 0) {
      return host;
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
