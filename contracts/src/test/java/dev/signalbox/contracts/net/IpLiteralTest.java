package dev.signalbox.contracts.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::", "::1", "2001:db8::1", "::ffff:192.0.2.1"})
  void givenAnAddress_whenRead_thenItIsThatAddress(String text) {
    assertThat(IpLiteral.parse(text)).contains(InetAddress.ofLiteral(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.1",
        "0x7f.0.0.1",
        "017700000001",
        "2130706433",
        "127.0.0.01",
        "256.0.0.1",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "localhost",
        "[::1]",
        "::1%eth0",
        "1.2.3.4 ",
        "12345::",
        ":::",
        "::ffff:192.0.2.01",
        "::ffff:127.1",
        "\u0661.2.3.4"
      })
  void givenAnythingElse_whenRead_thenItIsNone(String text) {
    assertThat(IpLiteral.parse(text)).isEmpty();
  }

  @Property
  void givenAnyText_whenRead_thenNothingIsThrown(@ForAll @StringLength(max = 60) String text) {
    assertThat(IpLiteral.parse(text)).isNotNull();
    assertThat(IpLiteral.host(text)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::ffff:192.0.2.1, 192.0.2.1",
    "2001:db8:0:1::1, 20010db800000001/64",
    "2001:db8:0:1:ffff::, 20010db800000001/64",
    "fe80::1%eth0, fe80000000000000/64",
    "fe80::1, fe80000000000000/64",
    "unknown, unknown",
  })
  void givenTheAddressOfAClient_whenItsHostIsWanted_thenAllAddressesOfTheHostAreTheSame(
      String address, String host) {
    assertThat(IpLiteral.host(address)).isEqualTo(host);
  }
}
