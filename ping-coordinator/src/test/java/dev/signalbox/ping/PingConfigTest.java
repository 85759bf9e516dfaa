package dev.signalbox.ping;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingConfigTest {

  @Test
  void defaultsAreThoseOfACensus() {
    assertThat(of(Map.of()))
        .isEqualTo(
            new PingConfig(
                Duration.ofSeconds(600),
                Duration.ofSeconds(1),
                false,
                0,
                65_536,
                131_072,
                10_000,
                500,
                256,
                1_024,
                10,
                10,
                25,
                "",
                4_096));
  }

  @Test
  void everySettingCanBeSet() {
    assertThat(
            of(
                Map.ofEntries(
                    entry("ping.lease-time", "5s"),
                    entry("ping.sweep-interval", "100ms"),
                    entry("ping.include-special-purpose", "true"),
                    entry("ping.first-task", "32512"),
                    entry("ping.initial-tasks", "256"),
                    entry("ping.max-tasks", "40000"),
                    entry("ping.max-errors", "50"),
                    entry("ping.max-rate-pps", "200"),
                    entry("ping.max-leased", "64"),
                    entry("ping.max-leased-per-address", "128"),
                    entry("ping.new-names-per-address", "3"),
                    entry("ping.check-percent", "20"),
                    entry("ping.churn-percent", "30"),
                    entry("ping.opt-out-file", "out.txt"),
                    entry("ping.max-in-flight", "10"))))
        .isEqualTo(
            new PingConfig(
                Duration.ofSeconds(5),
                Duration.ofMillis(100),
                true,
                32_512,
                256,
                40_000,
                50,
                200,
                64,
                128,
                3,
                20,
                30,
                "out.txt",
                10));
  }

  @ParameterizedTest
  @CsvSource({
    "lease-time,0",
    "lease-time,8d",
    "sweep-interval,9ms",
    "sweep-interval,11m",
    "first-task,-1",
    "first-task,65536",
    "initial-tasks,-1",
    "initial-tasks,65537",
    "max-tasks,0",
    "max-tasks,10000001",
    "max-errors,0",
    "max-rate-pps,0",
    "max-leased,0",
    "max-leased-per-address,65537",
    "new-names-per-address,0",
    "check-percent,21",
    "churn-percent,101",
    "max-in-flight,0",
    "include-special-purpose,perhaps"
  })
  void whatIsOutOfRangeIsNamed(String key, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of("ping." + key, value)))
        .withMessageContaining("ping." + key);
  }

  private static PingConfig of(Map<String, String> settings) {
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), settings), Map.of("ping", PingConfig.class), true)
        .section("ping", PingConfig.class);
  }
}
