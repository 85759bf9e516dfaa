package dev.signalbox.platform.guard;

import dev.signalbox.contracts.net.Cidr;
import java.util.Arrays;
import java.util.List;

/** The IPv4 addresses that a packet to an IPv6 address may end up at. */
final class EmbeddedV4 {

  private static final Cidr COMPATIBLE = Cidr.parse("::/96");
  private static final Cidr TRANSLATED = Cidr.parse("64:ff9b::/96");
  private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
  private static final Cidr TEREDO = Cidr.parse("2001::/32");

  /**
   * What is inside.
   *
   * @param addresses four bytes each
   * @param whole whether the IPv6 address means nothing beyond them, so that they alone decide
   */
  record Found(List<byte[]> addresses, boolean whole) {}

  private static final Found NONE = new Found(List.of(), false);

  private EmbeddedV4() {}

  static Found in(byte[] address) {
    if (address.length != 16) {
      return NONE;
    }
    if (mapped(address) || TRANSLATED.contains(address)) {
      return new Found(List.of(at(address, 12)), true);
    }
    if (COMPATIBLE.contains(address)) {
      // :: and ::1 lie in this block too but are addresses of their own.
      boolean own = address[12] == 0 && address[13] == 0 && address[14] == 0;
      return own ? NONE : new Found(List.of(at(address, 12)), true);
    }
    if (SIX_TO_FOUR.contains(address)) {
      return new Found(List.of(at(address, 2)), false);
    }
    if (TEREDO.contains(address)) {
      byte[] client = at(address, 12);
      for (int i = 0; i < 4; i++) {
        // RFC 4380, 4: the client's address is stored with every bit inverted.
        client[i] = (byte) ~client[i];
      }
      return new Found(List.of(at(address, 4), client), false);
    }
    return NONE;
  }

  private static boolean mapped(byte[] address) {
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[10] == (byte) 0xff && address[11] == (byte) 0xff;
  }

  private static byte[] at(byte[] address, int offset) {
    return Arrays.copyOfRange(address, offset, offset + 4);
  }
}
