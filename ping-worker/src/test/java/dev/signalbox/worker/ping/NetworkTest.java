package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "10.0.0.0/8, 10.255.1.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false"
  })
  void givenANetwork_whenAskedForAnAddress_thenItKnows(String network, String address, boolean in) {
    assertThat(Network.parse(network).contains(Network.parse(address).first())).isEqualTo(in);
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
        "1.2.3.0/",
        "a.b.c.d"
      })
  void givenWhatIsNoNetwork_whenParsed_thenItIsRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
