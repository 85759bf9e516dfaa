package dev.signalbox.contracts.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of IPv4 as 32 bits. */
class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "10.0.0.0/8, 10.255.1.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "128.0.0.0/1, 255.0.0.1, true",
    "128.0.0.0/1, 127.255.255.255, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false"
  })
  void givenABlock_whenAskedForAnAddress_thenItKnows(String block, String address, boolean in) {
    assertThat(Cidr.parseV4(block).containsV4(Cidr.parseV4(address).firstV4())).isEqualTo(in);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4/33",
        "1.2.3.256",
        "1.2.3.4/24",
        "::1",
        "::ffff:1.2.3.4",
        "fc00::/7",
        "1.2.3.0/",
        "1.2.3.0/024",
        "01.2.3.0/24",
        "a.b.c.d"
      })
  void givenWhatIsNoBlockOfIpv4_whenParsedAsOne_thenItIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parseV4(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "3221225985, 24, 192.0.2.0/24",
    "3221225985, 32, 192.0.2.1/32",
    "4294967295, 0, 0.0.0.0/0",
    "4294967295, 1, 128.0.0.0/1"
  })
  void givenAnAddress_whenItsBlockIsMade_thenBitsBeyondThePrefixAreLeftOut(
      long address, int bits, String block) {
    assertThat(Cidr.ofV4((int) address, bits)).isEqualTo(Cidr.parse(block)).hasToString(block);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 33})
  void givenAPrefixThatIpv4HasNot_whenABlockIsMade_thenItIsRefused(int bits) {
    assertThatThrownBy(() -> Cidr.ofV4(0, bits)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.0.0.0/8, 10.0.0.0/8, true",
    "10.1.0.0/16, 10.0.0.0/8, false",
    "10.0.0.0/8, 11.0.0.0/16, false",
    "::/0, 10.0.0.0/8, false"
  })
  void givenTwoBlocks_whenOneLiesInTheOther_thenItIsContained(
      String outer, String inner, boolean contained) {
    assertThat(Cidr.parse(outer).contains(Cidr.parse(inner))).isEqualTo(contained);
  }

  @Test
  void givenABlockOfIpv6_whenAskedForIpv4_thenItHasNone() {
    Cidr block = Cidr.parse("::/0");

    assertThat(block.isV4()).isFalse();
    assertThat(block.containsV4(0)).isFalse();
    assertThatThrownBy(block::firstV4).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0.0.0", "3221225985, 192.0.2.1", "4294967295, 255.255.255.255"})
  void givenThirtyTwoBits_whenWritten_thenTheyAreDotted(long address, String text) {
    assertThat(IpLiteral.v4Text((int) address)).isEqualTo(text);
  }
}
