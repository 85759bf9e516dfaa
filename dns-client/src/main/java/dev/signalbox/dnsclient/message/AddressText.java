package dev.signalbox.dnsclient.message;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;

/** IP addresses as text; {@code IpLiteral} reads them. */
public final class AddressText {

  /** Of addresses mapped from IPv4, RFC 4291 section 2.5.5.2. */
  private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private AddressText() {}

  /** The address as RFC 5952 writes it, without brackets and scope. */
  public static String of(InetAddress address) {
    String text = NetUtil.toAddressString(address, true);
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  /**
   * An address of 4 or 16 bytes as RFC 5952 writes it; one that is mapped from IPv4 with its last
   * part in decimal (section 5).
   */
  public static String of(byte[] address) {
    return isMapped(address)
        ? "::ffff:" + NetUtil.bytesToIpAddress(address, MAPPED_PREFIX.length, 4)
        : NetUtil.bytesToIpAddress(address);
  }

  private static boolean isMapped(byte[] address) {
    return address.length == 16
        && Arrays.equals(address, 0, MAPPED_PREFIX.length, MAPPED_PREFIX, 0, MAPPED_PREFIX.length);
  }
}
