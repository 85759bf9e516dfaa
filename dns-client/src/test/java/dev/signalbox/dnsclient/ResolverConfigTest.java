package dev.signalbox.dnsclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolverConfigTest {

  @Test
  void hasDefaults() {
    ResolverConfig config = TestClient.config(Map.of());

    assertThat(config.upstreams()).isEmpty();
    assertThat(config.ednsUdpSize()).isEqualTo(1232);
    assertThat(config.mixedCase()).isTrue();
    assertThat(config.cacheBytes()).isEqualTo(16 << 20);
    assertThat(config.cacheMaxNegativeTtl()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void takesResolversInEveryForm() {
    ResolverConfig config =
        TestClient.config(Map.of("resolver.upstreams", "192.0.2.1:53, tls://[2001:db8::1]"));

    assertThat(config.upstreamSpecs()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "upstreams,dns.example",
    "upstreams,ftp://192.0.2.1",
    "refresh,0s",
    "timeout,61s",
    "retries,11",
    "edns-udp-size,100",
    "udp-sockets,0",
    "connection-idle,10ms",
    "cache-bytes,-1",
    "cache-max-ttl,0s",
    "no-such-key,1",
  })
  void refusesWhatCannotBe(String key, String value) {
    assertThatThrownBy(() -> TestClient.config(Map.of("resolver." + key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("resolver." + key);
  }
}
