package dev.signalbox.dnsclient.message;

import dev.signalbox.contracts.net.IpLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A client subnet (RFC 7871).
 *
 * @param address with every bit beyond the prefix zero
 * @param prefix source prefix length in bits
 */
public record ClientSubnet(InetAddress address, int prefix) {

  /**
   * From {@code address/prefix}; without a prefix, the /24 or /56 that RFC 7871 section 11.1
   * recommends for privacy.
   *
   * @throws IllegalArgumentException naming the broken rule
   */
  public static ClientSubnet parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash)).orElse(null);
    if (address == null) {
      throw new IllegalArgumentException("must be an IP address with a prefix length");
    }
    int bits = address.getAddress().length * 8;
    int prefix = slash < 0 ? (bits == 32 ? 24 : 56) : prefix(text.substring(slash + 1), bits);
    return new ClientSubnet(masked(address, prefix), prefix);
  }

  private static int prefix(String digits, int bits) {
    if (digits.matches("[0-9]{1,3}") && Integer.parseInt(digits) <= bits) {
      return Integer.parseInt(digits);
    }
    throw new IllegalArgumentException("must have a prefix length of 0 to " + bits);
  }

  // RFC 7871 section 6: a server refuses an option with bits set beyond the prefix.
  private static InetAddress masked(InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.clamp(prefix - i * 8L, 0, 8);
      bytes[i] &= (byte) (0xFF00 >> kept);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of the same length", e);
    }
  }
}
