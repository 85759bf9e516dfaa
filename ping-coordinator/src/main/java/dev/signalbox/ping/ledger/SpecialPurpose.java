package dev.signalbox.ping.ledger;

import java.util.List;

/**
 * What the IANA IPv4 Special-Purpose Address Registry and the multicast registry keep out of a
 * census of the Internet: the blocks of at least a /16, and the /24s inside blocks that are
 * otherwise live.
 */
final class SpecialPurpose {

  /** Ranges of /16 indices, first and last: what RFC 6890 and its successors set aside whole. */
  private static final List<Range> BLOCKS =
      List.of(
          range("0.0", "0.255"), // this network
          range("10.0", "10.255"), // private use
          range("100.64", "100.127"), // shared address space (carrier NAT)
          range("127.0", "127.255"), // loopback
          range("169.254", "169.254"), // link local, cloud metadata among it
          range("172.16", "172.31"), // private use
          range("192.168", "192.168"), // private use
          range("198.18", "198.19"), // benchmarking
          range("224.0", "239.255"), // multicast
          range("240.0", "255.255")); // reserved, limited broadcast

  private static final List<Masked> MASKED =
      List.of(
          new Masked(index("192.0"), "192.0.0.0/24"), // IETF protocol assignments
          new Masked(index("192.0"), "192.0.2.0/24"), // documentation
          new Masked(index("192.88"), "192.88.99.0/24"), // 6to4 relay anycast, deprecated
          new Masked(index("198.51"), "198.51.100.0/24"), // documentation
          new Masked(index("203.0"), "203.0.113.0/24")); // documentation

  private SpecialPurpose() {}

  /** Whether the whole /16 is special-purpose. */
  static boolean covers(int index) {
    return BLOCKS.stream().anyMatch(block -> block.contains(index));
  }

  /** Whether a range within one block is special-purpose. */
  static boolean covers(AddressRange range) {
    int index = Block.at(range.first()).index();
    return covers(index)
        || inside(index).stream()
            .anyMatch(network -> AddressRange.parse(network).orElseThrow().contains(range));
  }

  /** Special-purpose networks inside a /16 that is otherwise live. */
  static List<String> inside(int index) {
    return MASKED.stream()
        .filter(masked -> masked.index == index)
        .map(masked -> masked.network)
        .toList();
  }

  private static Range range(String first, String last) {
    return new Range(index(first), index(last));
  }

  private static int index(String block) {
    int dot = block.indexOf('.');
    return Integer.parseInt(block.substring(0, dot)) * 256
        + Integer.parseInt(block.substring(dot + 1));
  }

  private record Range(int first, int last) {
    boolean contains(int index) {
      return first <= index && index <= last;
    }
  }

  private record Masked(int index, String network) {}
}
