package dev.signalbox.contracts.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of addresses, such as {@code 10.0.0.0/8}, {@code fc00::/7} or a single address. */
public final class Cidr {

  private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

  private final byte[] network;
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /**
   * Reads a block.
   *
   * @param text {@code ADDRESS/BITS}, or {@code ADDRESS} for that address alone
   * @throws IllegalArgumentException when it is not one, or when bits beyond the prefix are set:
   *     such a block is more likely a slip than a wish
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] network =
        IpLiteral.parse(address)
            .map(InetAddress::getAddress)
            .orElseThrow(() -> new IllegalArgumentException(text + " is not an address block"));
    // ::ffff:a.b.c.d reads as the four bytes it stands for.
    if (network.length == 4 && address.indexOf(':') >= 0) {
      throw new IllegalArgumentException(text + " must be written as an IPv4 block");
    }
    int width = network.length * 8;
    int bits = slash < 0 ? width : prefixLength(text, text.substring(slash + 1), width);
    for (int bit = bits; bit < width; bit++) {
      if ((network[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
        throw new IllegalArgumentException(text + " has bits set beyond its prefix");
      }
    }
    return new Cidr(network, bits);
  }

  /**
   * Reads a block of IPv4.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static Cidr parseV4(String text) {
    if (text.indexOf(':') >= 0) {
      throw new IllegalArgumentException(text + " is not an IPv4 block such as 192.0.2.0/24");
    }
    return parse(text);
  }

  /**
   * A block of IPv4 around an address.
   *
   * @param address any address of the block, as 32 bits
   * @param bits length of the prefix, 0 to 32
   */
  public static Cidr ofV4(int address, int bits) {
    if (bits < 0 || bits > 32) {
      throw new IllegalArgumentException("an IPv4 block has a prefix of 0 to 32 bits, not " + bits);
    }
    // Of the distance of a shift Java takes five bits: -1 << 32 is -1.
    int mask = bits == 0 ? 0 : -1 << (32 - bits);
    return new Cidr(ByteBuffer.allocate(4).putInt(address & mask).array(), bits);
  }

  private static int prefixLength(String text, String digits, int width) {
    if (PREFIX.matcher(digits).matches()) {
      int bits = Integer.parseInt(digits);
      if (bits <= width) {
        return bits;
      }
    }
    throw new IllegalArgumentException(text + " needs a prefix of 0 to " + width + " bits");
  }

  /**
   * Whether an address lies in this block.
   *
   * @param address 4 or 16 bytes; an address of the other family never does
   */
  public boolean contains(byte[] address) {
    if (address.length != network.length) {
      return false;
    }
    int whole = bits >> 3;
    if (!Arrays.equals(network, 0, whole, address, 0, whole)) {
      return false;
    }
    int rest = bits & 7;
    return rest == 0 || ((network[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  /**
   * Whether an address of IPv4 lies in this block.
   *
   * @param address 32 bits
   */
  public boolean containsV4(int address) {
    return isV4() && ((address ^ firstV4()) & 0xffffffffL) >>> (32 - bits) == 0;
  }

  /** Whether all addresses of another block lie in this one. */
  public boolean contains(Cidr other) {
    return bits <= other.bits && contains(other.network);
  }

  /** Whether this is a block of IPv4. */
  public boolean isV4() {
    return network.length == 4;
  }

  /**
   * The first address of a block of IPv4.
   *
   * @return 32 bits
   */
  public int firstV4() {
    if (!isV4()) {
      throw new IllegalStateException(this + " is not a block of IPv4");
    }
    return ByteBuffer.wrap(network).getInt();
  }

  /** Whether this block is one address. */
  public boolean single() {
    return bits == network.length * 8;
  }

  /** Length of the prefix. */
  public int bits() {
    return bits;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cidr that && bits == that.bits && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + bits;
  }

  @Override
  public String toString() {
    return IpLiteral.ofBytes(network).getHostAddress() + "/" + bits;
  }
}
