package dev.signalbox.ping.ledger;

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
    int slash = text.indexOf('/');
    String[] parts = (slash < 0 ? text : text.substring(0, slash)).split("\\.", -1);
    int length = slash < 0 ? BITS : number(text.substring(slash + 1), BITS);
    if (parts.length != 4 || length < 0) {
      return Optional.empty();
    }
    long address = 0;
    for (String part : parts) {
      int value = number(part, 255);
      if (value < 0) {
        return Optional.empty();
      }
      address = address << 8 | value;
    }
    AddressRange range = of(address, length);
    return range.first == address ? Optional.of(range) : Optional.empty();
  }

  /** A decimal number without sign and leading zeros; -1 when it is none or too large. */
  private static int number(String text, int max) {
    if (text.isEmpty()
        || text.length() > 3
        || (text.length() > 1 && text.charAt(0) == '0')
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int value = Integer.parseInt(text);
    return value <= max ? value : -1;
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
    return text(first) + "/" + length();
  }

  private static String text(long address) {
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }
}
