package dev.signalbox.gateway.probe;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Set;

/**
 * Which address of a target is probed.
 *
 * @param six whether IPv6 comes first
 * @param fallback whether the other family will do
 */
record IpChoice(boolean six, boolean fallback) {

  private static final Set<String> PROTOCOLS = Set.of("", "ip4", "ip6");

  /** FNV-1a, 32 bits. */
  private static final int OFFSET_BASIS = 0x811c9dc5;

  private static final int PRIME = 0x01000193;

  static IpChoice read(ModuleKeys keys) {
    return new IpChoice(
        !keys.oneOf("preferred_ip_protocol", "", PROTOCOLS).equals("ip4"),
        keys.bool("ip_protocol_fallback", true));
  }

  /** As {@code ip_family} of {@code http_probe}. */
  String family() {
    return (fallback ? "prefer_" : "") + (six ? "ipv6" : "ipv4");
  }

  /** Whether an address may be probed. */
  boolean allows(InetAddress address) {
    return fallback || six == address instanceof Inet6Address;
  }

  /** The hash of an address that {@code probe_ip_addr_hash} shows. */
  static long hash(InetAddress address) {
    int hash = OFFSET_BASIS;
    for (byte b : address.getAddress()) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return Integer.toUnsignedLong(hash);
  }
}
