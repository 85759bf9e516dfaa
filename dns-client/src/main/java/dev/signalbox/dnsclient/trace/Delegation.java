package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * A zone and the servers its parent names for it.
 *
 * @param zone the zone
 * @param servers in the order they are to be asked
 */
record Delegation(Name zone, List<NameServer> servers) {

  Delegation {
    servers = List.copyOf(servers);
  }

  /**
   * A server of a zone.
   *
   * @param name null when a client gave it by its address
   * @param addresses those that can be trusted; empty when its name has to be resolved first
   */
  record NameServer(@Nullable Name name, List<InetAddress> addresses) {

    NameServer {
      addresses = List.copyOf(addresses);
    }

    String label() {
      return name == null ? AddressText.of(addresses.getFirst()) : name.toString();
    }
  }

  /** Servers of a root that a client gives by address. */
  static Delegation ofRoot(List<InetSocketAddress> given) {
    return new Delegation(
        Name.root,
        given.stream()
            .map(address -> new NameServer(null, List.of(address.getAddress())))
            .toList());
  }
}
