package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.net.Cidr;
import java.util.Optional;

/**
 * Neighbouring addresses.
 *
 * @param first the first as a number, 0 to 4294967295
 * @param last the last
 */
record AddressRange(long first, long last) {

  private static final int BITS = 32;

  /** All of IPv4. */
  static final AddressRange ALL = of(0, 0);

  /** The addresses of a prefix. */
  static AddressRange of(long address, int length) {
    long size = 1L << (BITS - length);
    return new AddressRange(address & -size, (address & -size) + size - 1);
  }

  /** Reads CIDR notation; a single address needs no length. Bits beyond the prefix must be 0. */
  static Optional<AddressRange> parse(String text) {
    try {
      return Optional.of(of(Cidr.parseV4(text)));
    } catch (IllegalArgumentException noNetwork) {
      return Optional.empty();
    }
  }

  /** All addresses of a network of IPv4. */
  static AddressRange of(Cidr network) {
    return of(Integer.toUnsignedLong(network.firstV4()), network.bits());
  }

  /** All addresses of a block. */
  static AddressRange of(Block block) {
    return of((long) block.index() << 16, 16);
  }

  /** The length of the prefix; only of what is one. */
  int length() {
    return BITS - (Long.SIZE - 1 - Long.numberOfLeadingZeros(last - first + 1));
  }

  long size() {
    return last - first + 1;
  }

  boolean meets(AddressRange other) {
    return first <= other.last && other.first <= last;
  }

  boolean contains(AddressRange other) {
    return first <= other.first && other.last <= last;
  }

  /** CIDR notation. */
  String network() {
    return Cidr.ofV4((int) first, length()).toString();
  }
}
