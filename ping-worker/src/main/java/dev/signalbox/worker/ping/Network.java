package dev.signalbox.worker.ping;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network of IPv4 in CIDR notation.
 *
 * @param first its first address as 32 bits
 * @param prefix 0 to 32
 */
public record Network(int first, int prefix) {

  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");

  /**
   * Reads a network, or a single address.
   *
   * @throws IllegalArgumentException when the text is neither
   */
  public static Network parse(String text) {
    Matcher matcher = CIDR.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    int address = 0;
    for (int group = 1; group <= 4; group++) {
      int octet = Integer.parseInt(matcher.group(group));
      if (octet > 255) {
        throw invalid(text);
      }
      address = address << 8 | octet;
    }
    String length = matcher.group(5);
    int prefix = length == null ? 32 : Integer.parseInt(length);
    if (prefix > 32 || (address & ~mask(prefix)) != 0) {
      throw invalid(text);
    }
    return new Network(address, prefix);
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(text + " is not an IPv4 network such as 192.0.0.0/16");
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  /** Whether an address is in it. */
  public boolean contains(int address) {
    return (address & mask(prefix)) == first;
  }

  /** An address in dotted notation. */
  public static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  @Override
  public String toString() {
    return text(first) + "/" + prefix;
  }
}
