package dev.signalbox.httpprobe.connect;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Which addresses of a target may be used. */
public enum IpFamily {
  /** All, as the resolver ordered them. */
  ANY("any"),
  /** IPv4 alone. */
  IPV4("ipv4"),
  /** IPv6 alone. */
  IPV6("ipv6");

  private final String key;

  IpFamily(String key) {
    this.key = key;
  }

  public String key() {
    return key;
  }

  public boolean includes(InetAddress address) {
    return this == ANY || this == of(address);
  }

  public static IpFamily of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }
}
