package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFactoryConfigTest {

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0,   '',        10.0.0.7",
    "'::',      '',        10.0.0.7",
    "127.0.0.1, '',        127.0.0.1",
    "10.0.0.8,  '',        10.0.0.8",
    "0.0.0.0,   127.0.0.1, 127.0.0.1",
    "127.0.0.1, pages.test, pages.test",
    "0.0.0.0,   2001:db8::1, 2001:db8::1"
  })
  void givenBindAndPublicHost_whenAServerIsDescribed_thenItsHostCanBeReached(
      String bind, String publicHost, String expected) {
    ServerFactoryConfig config = config(Map.of("bind", bind, "public-host", publicHost));

    assertThat(config.publicHost("10.0.0.7")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"http://pages.test", "pages.test/", "'a b'", "user@pages.test"})
  void givenSomethingElseThanAHost_whenConfigured_thenItIsRefused(String publicHost) {
    assertThatThrownBy(() -> config(Map.of("public-host", publicHost)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("public-host");
  }

  @Test
  void givenTheDefaults_whenAnOwnerDies_thenItsLeaseIsOverWithinThreeSeconds() {
    assertThat(config(Map.of()).lease()).hasSeconds(2);
  }

  @ParameterizedTest
  @CsvSource({"1048575", "1", "-1", "1099511627777"})
  void givenTooFewOrTooManyBytesOfDefinitions_whenConfigured_thenTheyAreRefused(String bytes) {
    assertThatThrownBy(() -> config(Map.of("definition-bytes", bytes)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("definition-bytes");
  }

  @Test
  void givenNoBytesOfDefinitions_whenConfigured_thenTheyAreAQuarterOfTheHeap() {
    assertThat(config(Map.of()).definitionMemory()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    assertThat(config(Map.of("definition-bytes", "2000000")).definitionMemory())
        .isEqualTo(2_000_000);
  }

  private static ServerFactoryConfig config(Map<String, String> settings) {
    Map<String, String> keys = new HashMap<>();
    settings.forEach((key, value) -> keys.put("server-factory." + key, value));
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), keys),
            Map.of("server-factory", ServerFactoryConfig.class),
            true)
        .section("server-factory", ServerFactoryConfig.class);
  }
}
