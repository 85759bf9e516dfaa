package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, 0, 4294967295, 0.0.0.0/0",
    "192.0.2.0/24, 3221225984, 3221226239, 192.0.2.0/24",
    "192.0.2.1, 3221225985, 3221225985, 192.0.2.1/32",
    "255.255.255.255/32, 4294967295, 4294967295, 255.255.255.255/32",
    "128.0.0.0/1, 2147483648, 4294967295, 128.0.0.0/1"
  })
  void givenANetwork_whenRead_thenItIsItsAddresses(
      String text, long first, long last, String network) {
    assertThat(AddressRange.parse(text)).hasValue(new AddressRange(first, last));
    assertThat(new AddressRange(first, last).network()).isEqualTo(network);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.-4",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/24",
        "1.2.3.04",
        "01.2.3.4",
        "1.2.3.4/08",
        "1.2.3.4 ",
        "1..3.4",
        "a.b.c.d",
        "١.2.3.4",
        "::1",
        "1.2.3.0/24/24",
        "1.2.3.4/+8"
      })
  void givenSomethingElse_whenRead_thenItIsNone(String text) {
    assertThat(AddressRange.parse(text)).isEqualTo(Optional.empty());
  }
}
