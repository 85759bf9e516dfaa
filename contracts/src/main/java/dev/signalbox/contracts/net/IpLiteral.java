package dev.signalbox.contracts.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Optional;

/** Reads IP addresses as text, strictly and without ever asking a resolver. */
public final class IpLiteral {

  private static final int LONGEST_V6 = 45;
  private static final int NETWORK_BYTES = 8;

  private IpLiteral() {}

  /**
   * The address a text stands for.
   *
   * @param text four decimal numbers without leading zeros, or an IPv6 address without brackets and
   *     without a zone; the short, octal and hexadecimal IPv4 forms that some libraries take
   *     ({@code 127.1}, {@code 0x7f000001}) are refused, for two readers could take them
   *     differently
   * @return empty when the text is anything else
   */
  public static Optional<InetAddress> parse(String text) {
    return text.indexOf(':') >= 0 ? v6(text) : v4(text);
  }

  /**
   * What tells the host of a client apart from others: its IPv4 address, or the /64 of its IPv6
   * address, for one host has all addresses of that.
   *
   * @param address as a socket gives it, with a zone after {@code %} or without; another text is
   *     taken as it is
   */
  public static String host(String address) {
    int zone = address.indexOf('%');
    Optional<InetAddress> read = parse(zone < 0 ? address : address.substring(0, zone));
    if (read.isEmpty()) {
      return address;
    }
    byte[] bytes = read.get().getAddress();
    return bytes.length == 4
        ? read.get().getHostAddress()
        : HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES) + "/64";
  }

  /** Whether a host ends in a number and so must be an IPv4 address or nothing (WHATWG URL). */
  public static boolean endsInNumber(String host) {
    String trimmed = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String last = trimmed.substring(trimmed.lastIndexOf('.') + 1);
    if (last.isEmpty()) {
      return false;
    }
    boolean decimal = last.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean hex =
        last.length() >= 2
            && (last.startsWith("0x") || last.startsWith("0X"))
            && last.chars().skip(2).allMatch(c -> Character.digit(c, 16) >= 0);
    return decimal || hex;
  }

  private static Optional<InetAddress> v4(String text) {
    byte[] bytes = new byte[4];
    int part = 0;
    int value = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '.' : text.charAt(i);
      if (c == '.') {
        if (value < 0 || part > 3) {
          return Optional.empty();
        }
        bytes[part++] = (byte) value;
        value = -1;
      } else if (c < '0' || c > '9' || value == 0) {
        return Optional.empty();
      } else {
        value = Math.max(value, 0) * 10 + (c - '0');
        if (value > 255) {
          return Optional.empty();
        }
      }
    }
    return part == 4 ? Optional.of(ofBytes(bytes)) : Optional.empty();
  }

  private static Optional<InetAddress> v6(String text) {
    if (text.length() > LONGEST_V6
        || !text.chars().allMatch(c -> c == ':' || c == '.' || isHex(c))) {
      return Optional.empty();
    }
    int dot = text.indexOf('.');
    if (dot >= 0 && v4(text.substring(text.lastIndexOf(':') + 1)).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Inet6Address.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  private static boolean isHex(int c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }

  /** An address of IPv4, given as 32 bits, in dotted notation. */
  public static String v4Text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  /** The address of 4 or 16 bytes. */
  public static InetAddress ofBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException wrongLength) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", wrongLength);
    }
  }
}
