package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsConfigTest {

  @Test
  void hasDefaults() {
    DnsConfig config = bind(Map.of());

    assertThat(config.resolvers()).isEmpty();
    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.maxTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.retries()).isEqualTo(2);
    assertThat(config.ednsUdpSize()).isEqualTo(1232);
    assertThat(config.mixedCase()).isTrue();
  }

  @Test
  void takesEveryKey() {
    DnsConfig config =
        bind(
            Map.ofEntries(
                Map.entry("dns.resolvers", "192.0.2.1:53, tls://[2001:db8::1]"),
                Map.entry("dns.timeout", "1s"),
                Map.entry("dns.max-timeout", "2s"),
                Map.entry("dns.udp-sockets", "16"),
                Map.entry("dns.mixed-case", "false")));

    assertThat(config.resolverSpecs()).hasSize(2);
    assertThat(config.udpSockets()).isEqualTo(16);
    assertThat(config.mixedCase()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "dns.resolvers,dns.example",
    "dns.resolvers,ftp://192.0.2.1",
    "dns.timeout,8s",
    "dns.timeout,0s",
    "dns.max-timeout,8s",
    "dns.retries,11",
    "dns.edns-udp-size,100",
    "dns.udp-sockets,0",
    "dns.connection-idle,10ms",
    "dns.no-such-key,1",
  })
  void refusesWhatCannotBe(String key, String value) {
    assertThatThrownBy(() -> bind(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key);
  }

  private static DnsConfig bind(Map<String, String> settings) {
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), settings), Map.of("dns", DnsConfig.class), true)
        .section("dns", DnsConfig.class);
  }
}
