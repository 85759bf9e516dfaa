package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.AddressText;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A resolver whose address is known and may be spoken to.
 *
 * @param protocol how
 * @param address where
 * @param host the name or address it was given by: what its certificate must be for
 * @param path of its HTTPS endpoint; empty otherwise
 */
public record Upstream(Protocol protocol, InetSocketAddress address, String host, String path) {

  public Upstream {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address must be resolved: " + address);
    }
  }

  /** The same resolver by another protocol at the same port. */
  public Upstream by(Protocol other) {
    return new Upstream(other, address, host, path);
  }

  /** How clients see it: {@code address:port}, or the URL. */
  public String label() {
    if (protocol == Protocol.HTTPS) {
      String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      int port = address.getPort();
      return "https://" + name + (port == protocol.defaultPort() ? "" : ":" + port) + path;
    }
    String text = addressText();
    boolean v6 = address.getAddress() instanceof Inet6Address;
    return (v6 ? "[" + text + "]" : text) + ":" + address.getPort();
  }

  /**
   * Where to connect to: the address, under the name the certificate has to be for. Connecting to
   * it looks nothing up.
   */
  SocketAddress target() {
    try {
      InetAddress named = InetAddress.getByAddress(host, address.getAddress().getAddress());
      return SocketAddress.inetSocketAddress(new InetSocketAddress(named, address.getPort()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of the same length", e);
    }
  }

  /** Whether it was given by name. */
  boolean named() {
    return IpLiteral.parse(host).isEmpty();
  }

  /** The address without the port. */
  public String addressText() {
    return AddressText.of(address.getAddress());
  }
}
