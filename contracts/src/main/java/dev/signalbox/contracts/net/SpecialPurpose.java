package dev.signalbox.contracts.net;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The blocks that are not the public internet: IANA's IPv4 and IPv6 special-purpose registries,
 * multicast, and the addresses where clouds keep their metadata.
 */
public final class SpecialPurpose {

  /** What a block means to a caller that must not reach others' networks. */
  public enum Kind {
    /** This machine. */
    LOOPBACK,
    /** Networks of one's own. */
    PRIVATE,
    /** The link alone: nothing routes it. */
    LINK_LOCAL,
    /** Not of the internet either, and of no use as a target. */
    RESERVED,
    /** Where a cloud hands out credentials. */
    METADATA,
    /** Special, yet public: an exception inside a wider block. */
    REACHABLE
  }

  /**
   * A block.
   *
   * @param block its addresses
   * @param kind what it means
   * @param name what it is, with its document
   */
  public record Range(Cidr block, Kind kind, String name) {}

  // The longest prefix wins, so that exceptions come before the blocks they are cut from.
  private static final List<Range> RANGES =
      List.of(
              range("0.0.0.0/8", Kind.RESERVED, "this network, RFC 791"),
              range("10.0.0.0/8", Kind.PRIVATE, "private use, RFC 1918"),
              range("100.64.0.0/10", Kind.PRIVATE, "shared address space, RFC 6598"),
              range("100.100.100.200/32", Kind.METADATA, "cloud metadata"),
              range("127.0.0.0/8", Kind.LOOPBACK, "loopback, RFC 1122"),
              range("168.63.129.16/32", Kind.METADATA, "cloud metadata"),
              range("169.254.0.0/16", Kind.LINK_LOCAL, "link local, RFC 3927"),
              range("169.254.169.254/32", Kind.METADATA, "cloud metadata"),
              range("169.254.170.2/32", Kind.METADATA, "cloud metadata"),
              range("169.254.170.23/32", Kind.METADATA, "cloud metadata"),
              range("172.16.0.0/12", Kind.PRIVATE, "private use, RFC 1918"),
              range("192.0.0.0/24", Kind.RESERVED, "IETF protocol assignments, RFC 6890"),
              range("192.0.0.9/32", Kind.REACHABLE, "port control protocol anycast, RFC 7723"),
              range("192.0.0.10/32", Kind.REACHABLE, "TURN anycast, RFC 8155"),
              range("192.0.0.192/32", Kind.METADATA, "cloud metadata"),
              range("192.0.2.0/24", Kind.RESERVED, "documentation, RFC 5737"),
              range("192.31.196.0/24", Kind.REACHABLE, "AS112, RFC 7535"),
              range("192.52.193.0/24", Kind.REACHABLE, "AMT, RFC 7450"),
              range("192.88.99.0/24", Kind.RESERVED, "deprecated 6to4 relay, RFC 7526"),
              range("192.168.0.0/16", Kind.PRIVATE, "private use, RFC 1918"),
              range("192.175.48.0/24", Kind.REACHABLE, "AS112, RFC 7534"),
              range("198.18.0.0/15", Kind.RESERVED, "benchmarking, RFC 2544"),
              range("198.51.100.0/24", Kind.RESERVED, "documentation, RFC 5737"),
              range("203.0.113.0/24", Kind.RESERVED, "documentation, RFC 5737"),
              range("224.0.0.0/4", Kind.RESERVED, "multicast, RFC 5771"),
              range("240.0.0.0/4", Kind.RESERVED, "reserved, RFC 1112"),
              range("255.255.255.255/32", Kind.RESERVED, "broadcast, RFC 919"),
              range("::/0", Kind.RESERVED, "outside global unicast, RFC 4291"),
              range("::/128", Kind.RESERVED, "unspecified, RFC 4291"),
              range("::1/128", Kind.LOOPBACK, "loopback, RFC 4291"),
              range("64:ff9b:1::/48", Kind.RESERVED, "local translation, RFC 8215"),
              range("100::/64", Kind.RESERVED, "discard, RFC 6666"),
              range("100:0:0:1::/64", Kind.RESERVED, "dummy prefix, RFC 9780"),
              range("2000::/3", Kind.REACHABLE, "global unicast, RFC 4291"),
              range("2001::/23", Kind.RESERVED, "IETF protocol assignments, RFC 2928"),
              // Judged by the IPv4 addresses inside: see EmbeddedV4.
              range("2001::/32", Kind.REACHABLE, "Teredo, RFC 4380"),
              range("2001:1::1/128", Kind.REACHABLE, "port control protocol anycast, RFC 7723"),
              range("2001:1::2/128", Kind.REACHABLE, "TURN anycast, RFC 8155"),
              range("2001:1::3/128", Kind.REACHABLE, "DNS-SD SRP anycast, RFC 9665"),
              range("2001:2::/48", Kind.RESERVED, "benchmarking, RFC 5180"),
              range("2001:3::/32", Kind.REACHABLE, "AMT, RFC 7450"),
              range("2001:4:112::/48", Kind.REACHABLE, "AS112, RFC 7535"),
              range("2001:10::/28", Kind.RESERVED, "deprecated ORCHID, RFC 4843"),
              range("2001:20::/28", Kind.REACHABLE, "ORCHIDv2, RFC 7343"),
              range("2001:30::/28", Kind.REACHABLE, "drone remote id, RFC 9374"),
              range("2001:db8::/32", Kind.RESERVED, "documentation, RFC 3849"),
              range("3fff::/20", Kind.RESERVED, "documentation, RFC 9637"),
              range("5f00::/16", Kind.RESERVED, "segment routing, RFC 9602"),
              range("fc00::/7", Kind.PRIVATE, "unique local, RFC 4193"),
              range("fd00:ec2::23/128", Kind.METADATA, "cloud metadata"),
              range("fd00:ec2::254/128", Kind.METADATA, "cloud metadata"),
              range("fd20:ce::254/128", Kind.METADATA, "cloud metadata"),
              range("fe80::/10", Kind.LINK_LOCAL, "link local, RFC 4291"),
              range("fec0::/10", Kind.RESERVED, "deprecated site local, RFC 3879"),
              range("ff00::/8", Kind.RESERVED, "multicast, RFC 4291"))
          .stream()
          .sorted(Comparator.comparingInt((Range range) -> range.block().bits()).reversed())
          .toList();

  private static final List<Cidr> NOT_GLOBALLY_REACHABLE_V4 = outermostV4();

  private SpecialPurpose() {}

  /** The narrowest block an address lies in; empty for ordinary public IPv4. */
  public static Optional<Range> of(byte[] address) {
    for (Range range : RANGES) {
      if (range.block().contains(address)) {
        return Optional.of(range);
      }
    }
    return Optional.empty();
  }

  /**
   * The blocks of IPv4 that are not of the internet, in the order of their addresses; none lies in
   * another. Not among them are single addresses inside the internet where a cloud keeps metadata.
   */
  public static List<Cidr> notGloballyReachableV4() {
    return NOT_GLOBALLY_REACHABLE_V4;
  }

  /** Whether an address is this machine's, of its link or of a network of one's own. */
  public static boolean isPrivate(byte[] address) {
    return RANGES.stream().anyMatch(range -> isPrivate(range) && range.block().contains(address));
  }

  private static boolean isPrivate(Range range) {
    return switch (range.kind()) {
      case LOOPBACK, PRIVATE, LINK_LOCAL -> true;
      case RESERVED, METADATA, REACHABLE -> false;
    };
  }

  private static List<Cidr> outermostV4() {
    List<Cidr> blocks =
        RANGES.stream()
            .filter(range -> isPrivate(range) || range.kind() == Kind.RESERVED)
            .map(Range::block)
            .filter(Cidr::isV4)
            .toList();
    return blocks.stream()
        .filter(block -> blocks.stream().noneMatch(it -> !it.equals(block) && it.contains(block)))
        .sorted((a, b) -> Integer.compareUnsigned(a.firstV4(), b.firstV4()))
        .toList();
  }

  private static Range range(String block, Kind kind, String name) {
    return new Range(Cidr.parse(block), kind, name);
  }
}
