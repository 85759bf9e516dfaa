package dev.signalbox.httpprobe.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpFamilyTest {

  @ParameterizedTest
  @CsvSource({
    "ANY, 192.0.2.1 2001:db8::1, 192.0.2.1 2001:db8::1",
    "IPV4, 192.0.2.1 2001:db8::1 192.0.2.2, 192.0.2.1 192.0.2.2",
    "IPV4, 2001:db8::1, ''",
    "IPV6, 192.0.2.1 2001:db8::1, 2001:db8::1",
    "IPV6, 192.0.2.1, ''",
    "PREFER_IPV4, 2001:db8::1 192.0.2.1, 192.0.2.1",
    "PREFER_IPV4, 2001:db8::1, 2001:db8::1",
    "PREFER_IPV6, 192.0.2.1 2001:db8::1 2001:db8::2, 2001:db8::1 2001:db8::2",
    "PREFER_IPV6, 192.0.2.1, 192.0.2.1"
  })
  void givenAddresses_whenAFamilyIsWanted_thenThoseOfItAreUsed(
      IpFamily family, String addresses, String usable) {
    assertThat(family.usable(addresses(addresses))).isEqualTo(addresses(usable));
  }

  private static List<InetAddress> addresses(String texts) {
    return texts.isEmpty()
        ? List.of()
        : List.of(texts.split(" ")).stream().map(InetAddress::ofLiteral).toList();
  }
}
