package dev.signalbox.contracts.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidrPropertyTest {

  @Property
  void contains_exactly_the_addresses_that_share_the_prefix(
      @ForAll @Size(4) byte[] network,
      @ForAll @Size(4) byte[] other,
      @ForAll @IntRange(max = 32) int bits) {
    agrees(network, other, bits);
  }

  @Property
  void contains_exactly_the_v6_addresses_that_share_the_prefix(
      @ForAll @Size(16) byte[] network,
      @ForAll @Size(16) byte[] other,
      @ForAll @IntRange(max = 128) int bits) {
    network[0] |= 0x20; // keeps out of ::ffff/96, which Java turns into IPv4
    agrees(network, other, bits < 3 ? 3 : bits);
  }

  private static void agrees(byte[] network, byte[] other, int bits) {
    int width = network.length * 8;
    BigInteger mask =
        BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).shiftLeft(width - bits);
    byte[] base = bytes(new BigInteger(1, network).and(mask), network.length);
    Cidr cidr = Cidr.parse(IpLiteral.ofBytes(base).getHostAddress() + "/" + bits);
    // Random addresses rarely share a prefix: mix the network into some of them.
    byte[] near = other.clone();
    System.arraycopy(base, 0, near, 0, bits / 8);
    for (byte[] address : new byte[][] {other, near, base}) {
      boolean expected =
          new BigInteger(1, address).and(mask).equals(new BigInteger(1, base).and(mask));
      assertThat(cidr.contains(address)).isEqualTo(expected);
    }
    assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
  }

  @Property
  void an_ipv4_literal_reads_as_its_bytes(@ForAll @Size(4) byte[] bytes) {
    InetAddress address = IpLiteral.ofBytes(bytes);
    assertThat(IpLiteral.parse(address.getHostAddress())).contains(address);
  }

  @Property
  void an_ipv6_literal_reads_as_its_bytes(@ForAll @Size(16) byte[] bytes) {
    InetAddress address = IpLiteral.ofBytes(bytes);
    assertThat(IpLiteral.parse(address.getHostAddress())).contains(address);
  }

  @Property
  void no_text_makes_the_reader_throw(@ForAll @StringLength(max = 60) String text) {
    IpLiteral.parse(text);
    IpLiteral.endsInNumber(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "1",
        "127.1",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "2130706433",
        " 1.2.3.4",
        "1.2.3.4 ",
        "+1.2.3.4",
        "::1%lo",
        "fe80::1%25eth0",
        "[::1]",
        "1::2::3",
        ":::",
        "::ffff:127.1",
        "::ffff:0177.0.0.1",
        "::g",
        "1:2:3:4:5:6:7:8:9",
        "١.٢.٣.٤"
      })
  void refuses_odd_literals(String text) {
    assertThat(IpLiteral.parse(text)).isEmpty();
  }

  @Test
  void knows_hosts_that_end_in_a_number() {
    assertThat(
            Arrays.asList("1.2.3.4", "127.1", "0x7f", "a.0x1f", "foo.9.", "0x").stream()
                .filter(IpLiteral::endsInNumber))
        .hasSize(6);
    assertThat(
            Arrays.asList("example.com", "a.b1", "9a", "", ".", "0xg").stream()
                .filter(IpLiteral::endsInNumber))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.1/8",
        "::/129",
        "fc00::1/7",
        "::ffff:1.2.3.4/128",
        "example.com/8",
        "10.0.0.0/8/8",
        "10.0.0.0/99999999999"
      })
  void refuses_what_is_no_block(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] bytes(BigInteger value, int length) {
    byte[] result = new byte[length];
    byte[] raw = value.toByteArray();
    int count = Math.min(raw.length, length);
    System.arraycopy(raw, raw.length - count, result, length - count, count);
    return result;
  }
}
