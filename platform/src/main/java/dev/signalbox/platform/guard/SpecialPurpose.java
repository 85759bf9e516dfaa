package dev.signalbox.platform.guard;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The blocks that are not the public internet: IANA's IPv4 and IPv6 special-purpose registries,
 * multicast, and the addresses where clouds keep their metadata.
 */
final class SpecialPurpose {

  /** What the guard makes of a block. */
  enum Kind {
    /** This machine. */
    LOOPBACK,
    /** Networks of one's own. */
    PRIVATE,
    /** Never a target unless the operator names the block. */
    DENIED,
    /** Where a cloud hands out credentials; only an operator who names the one address may. */
    METADATA,
    /** Special, yet public: an exception inside a wider block. */
    REACHABLE
  }

  /**
   * A block.
   *
   * @param block its addresses
   * @param kind what the guard makes of it
   * @param name what it is, with its document
   */
  record Range(Cidr block, Kind kind, String name) {}

  // The longest prefix wins, so that exceptions come before the blocks they are cut from.
  private static final List<Range> RANGES =
      List.of(
              range("0.0.0.0/8", Kind.DENIED, "this network, RFC 791"),
              range("10.0.0.0/8", Kind.PRIVATE, "private use, RFC 1918"),
              range("100.64.0.0/10", Kind.PRIVATE, "shared address space, RFC 6598"),
              range("100.100.100.200/32", Kind.METADATA, "cloud metadata"),
              range("127.0.0.0/8", Kind.LOOPBACK, "loopback, RFC 1122"),
              range("168.63.129.16/32", Kind.METADATA, "cloud metadata"),
              range("169.254.0.0/16", Kind.DENIED, "link local, RFC 3927"),
              range("169.254.169.254/32", Kind.METADATA, "cloud metadata"),
              range("169.254.170.2/32", Kind.METADATA, "cloud metadata"),
              range("169.254.170.23/32", Kind.METADATA, "cloud metadata"),
              range("172.16.0.0/12", Kind.PRIVATE, "private use, RFC 1918"),
              range("192.0.0.0/24", Kind.DENIED, "IETF protocol assignments, RFC 6890"),
              range("192.0.0.9/32", Kind.REACHABLE, "port control protocol anycast, RFC 7723"),
              range("192.0.0.10/32", Kind.REACHABLE, "TURN anycast, RFC 8155"),
              range("192.0.0.192/32", Kind.METADATA, "cloud metadata"),
              range("192.0.2.0/24", Kind.DENIED, "documentation, RFC 5737"),
              range("192.31.196.0/24", Kind.REACHABLE, "AS112, RFC 7535"),
              range("192.52.193.0/24", Kind.REACHABLE, "AMT, RFC 7450"),
              range("192.88.99.0/24", Kind.DENIED, "deprecated 6to4 relay, RFC 7526"),
              range("192.168.0.0/16", Kind.PRIVATE, "private use, RFC 1918"),
              range("192.175.48.0/24", Kind.REACHABLE, "AS112, RFC 7534"),
              range("198.18.0.0/15", Kind.DENIED, "benchmarking, RFC 2544"),
              range("198.51.100.0/24", Kind.DENIED, "documentation, RFC 5737"),
              range("203.0.113.0/24", Kind.DENIED, "documentation, RFC 5737"),
              range("224.0.0.0/4", Kind.DENIED, "multicast, RFC 5771"),
              range("240.0.0.0/4", Kind.DENIED, "reserved, RFC 1112"),
              range("255.255.255.255/32", Kind.DENIED, "broadcast, RFC 919"),
              range("::/0", Kind.DENIED, "outside global unicast, RFC 4291"),
              range("::/128", Kind.DENIED, "unspecified, RFC 4291"),
              range("::1/128", Kind.LOOPBACK, "loopback, RFC 4291"),
              range("64:ff9b:1::/48", Kind.DENIED, "local translation, RFC 8215"),
              range("100::/64", Kind.DENIED, "discard, RFC 6666"),
              range("100:0:0:1::/64", Kind.DENIED, "dummy prefix, RFC 9780"),
              range("2000::/3", Kind.REACHABLE, "global unicast, RFC 4291"),
              range("2001::/23", Kind.DENIED, "IETF protocol assignments, RFC 2928"),
              // Judged by the IPv4 addresses inside: see EmbeddedV4.
              range("2001::/32", Kind.REACHABLE, "Teredo, RFC 4380"),
              range("2001:1::1/128", Kind.REACHABLE, "port control protocol anycast, RFC 7723"),
              range("2001:1::2/128", Kind.REACHABLE, "TURN anycast, RFC 8155"),
              range("2001:1::3/128", Kind.REACHABLE, "DNS-SD SRP anycast, RFC 9665"),
              range("2001:2::/48", Kind.DENIED, "benchmarking, RFC 5180"),
              range("2001:3::/32", Kind.REACHABLE, "AMT, RFC 7450"),
              range("2001:4:112::/48", Kind.REACHABLE, "AS112, RFC 7535"),
              range("2001:10::/28", Kind.DENIED, "deprecated ORCHID, RFC 4843"),
              range("2001:20::/28", Kind.REACHABLE, "ORCHIDv2, RFC 7343"),
              range("2001:30::/28", Kind.REACHABLE, "drone remote id, RFC 9374"),
              range("2001:db8::/32", Kind.DENIED, "documentation, RFC 3849"),
              range("3fff::/20", Kind.DENIED, "documentation, RFC 9637"),
              range("5f00::/16", Kind.DENIED, "segment routing, RFC 9602"),
              range("fc00::/7", Kind.PRIVATE, "unique local, RFC 4193"),
              range("fd00:ec2::23/128", Kind.METADATA, "cloud metadata"),
              range("fd00:ec2::254/128", Kind.METADATA, "cloud metadata"),
              range("fd20:ce::254/128", Kind.METADATA, "cloud metadata"),
              range("fe80::/10", Kind.DENIED, "link local, RFC 4291"),
              range("fec0::/10", Kind.DENIED, "deprecated site local, RFC 3879"),
              range("ff00::/8", Kind.DENIED, "multicast, RFC 4291"))
          .stream()
          .sorted(Comparator.comparingInt((Range range) -> range.block().bits()).reversed())
          .toList();

  private SpecialPurpose() {}

  /** The narrowest block an address lies in; empty for ordinary public IPv4. */
  static Optional<Range> of(byte[] address) {
    for (Range range : RANGES) {
      if (range.block().contains(address)) {
        return Optional.of(range);
      }
    }
    return Optional.empty();
  }

  private static Range range(String block, Kind kind, String name) {
    return new Range(Cidr.parse(block), kind, name);
  }
}
