package dev.signalbox.httpprobe.connect;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Which addresses of a target may be used. */
public enum IpFamily {
  /** All, as the resolver ordered them. */
  ANY("any"),
  /** IPv4 alone. */
  IPV4("ipv4"),
  /** IPv6 alone. */
  IPV6("ipv6"),
  /** IPv4 alone where there is any, else IPv6. */
  PREFER_IPV4("prefer_ipv4"),
  /** IPv6 alone where there is any, else IPv4. */
  PREFER_IPV6("prefer_ipv6");

  private final String key;

  IpFamily(String key) {
    this.key = key;
  }

  public String key() {
    return key;
  }

  /** Those of the addresses that may be used, in their order. */
  public List<InetAddress> usable(List<InetAddress> addresses) {
    return switch (this) {
      case ANY -> addresses;
      case IPV4, IPV6 -> addresses.stream().filter(address -> of(address) == this).toList();
      case PREFER_IPV4 -> preferred(IPV4, addresses);
      case PREFER_IPV6 -> preferred(IPV6, addresses);
    };
  }

  private static List<InetAddress> preferred(IpFamily family, List<InetAddress> addresses) {
    List<InetAddress> own = family.usable(addresses);
    return own.isEmpty() ? addresses : own;
  }

  public static IpFamily of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }
}
