package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.dns.task.CacheDefault;
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

    assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.maxTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.retries()).isEqualTo(2);
    assertThat(config.cacheDefault()).isEqualTo(CacheDefault.DEFAULT_RESOLVERS);
  }

  @Test
  void takesEveryKey() {
    DnsConfig config =
        bind(
            Map.ofEntries(
                Map.entry("dns.timeout", "1s"),
                Map.entry("dns.max-timeout", "2s"),
                Map.entry("dns.retries", "0"),
                Map.entry("dns.max-in-flight", "7"),
                Map.entry("dns.max-queries-per-task", "8"),
                Map.entry("dns.cache-default", "off")));

    assertThat(config)
        .isEqualTo(
            new DnsConfig(Duration.ofSeconds(1), Duration.ofSeconds(2), 0, 7, 8, CacheDefault.OFF));
  }

  @ParameterizedTest
  @CsvSource({
    "dns.timeout,8s",
    "dns.timeout,0s",
    "dns.max-timeout,8s",
    "dns.retries,11",
    "dns.max-in-flight,0",
    "dns.cache-default,sometimes",
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
