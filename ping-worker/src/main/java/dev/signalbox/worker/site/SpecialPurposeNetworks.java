package dev.signalbox.worker.site;

import dev.signalbox.worker.ping.ExcludedPositions;
import dev.signalbox.worker.ping.Network;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Networks of IPv4 that are not of the Internet (RFC 6890 and its successors): a site that leases
 * them has the volunteer's own network pinged.
 */
final class SpecialPurposeNetworks {

  private static final List<Network> NETWORKS =
      List.of(
          Network.parse("0.0.0.0/8"), // this network
          Network.parse("10.0.0.0/8"), // private use
          Network.parse("100.64.0.0/10"), // carrier NAT
          Network.parse("127.0.0.0/8"), // loopback
          Network.parse("169.254.0.0/16"), // link local
          Network.parse("172.16.0.0/12"), // private use
          Network.parse("192.0.0.0/24"), // IETF protocol assignments
          Network.parse("192.0.2.0/24"), // documentation
          Network.parse("192.88.99.0/24"), // 6to4 relay anycast, deprecated
          Network.parse("192.168.0.0/16"), // private use
          Network.parse("198.18.0.0/15"), // benchmarking
          Network.parse("198.51.100.0/24"), // documentation
          Network.parse("203.0.113.0/24"), // documentation
          Network.parse("224.0.0.0/4"), // multicast
          Network.parse("240.0.0.0/4")); // reserved, limited broadcast

  /** Where sites of the volunteer's own are. Tunnels give public names addresses of others. */
  private static final List<Network> PRIVATE =
      List.of(
          Network.parse("10.0.0.0/8"),
          Network.parse("100.64.0.0/10"),
          Network.parse("127.0.0.0/8"),
          Network.parse("169.254.0.0/16"),
          Network.parse("172.16.0.0/12"),
          Network.parse("192.168.0.0/16"));

  private SpecialPurposeNetworks() {}

  /** The first that a task would ping; null for none. */
  static @Nullable Network pingedBy(int index, List<String> exclude) {
    int block = index << 16;
    BitSet excluded = ExcludedPositions.of(block, exclude);
    for (Network network : NETWORKS) {
      BitSet pinged = ExcludedPositions.of(block, List.of(network.toString()));
      pinged.andNot(excluded);
      if (!pinged.isEmpty()) {
        return network;
      }
    }
    return null;
  }

  /**
   * Whether an address is this machine's or one of a private network.
   *
   * @param literal of IPv4 or IPv6; null for an address that is not known
   */
  static boolean isPrivate(@Nullable String literal) {
    if (literal == null) {
      return false;
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal.replaceFirst("%.*", "")); // without its interface
    } catch (IllegalArgumentException e) {
      return false;
    }
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      int bits = ByteBuffer.wrap(bytes).getInt();
      return PRIVATE.stream().anyMatch(network -> network.contains(bits));
    }
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc; // RFC 4193
    return address.isLoopbackAddress() || address.isLinkLocalAddress() || uniqueLocal;
  }
}
