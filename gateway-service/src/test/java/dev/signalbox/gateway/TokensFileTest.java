package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway whose file of tokens has none must not let everybody in. */
class TokensFileTest {

  @TempDir Path directory;

  private GatewayConfig read(String content, Map<String, String> more) throws IOException {
    Path file = Files.writeString(directory.resolve("tokens"), content);
    var settings = new HashMap<>(more);
    settings.put("gateway.tokens-file", file.toString());
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), settings),
            Map.of("gateway", GatewayConfig.class),
            false)
        .section("gateway", GatewayConfig.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# reader:0123456789abcdef\n"})
  void givenAFileWithoutATokenAndAReachableAddress_whenConfigured_thenItIsAnError(String content) {
    assertThatThrownBy(() -> read(content, Map.of("gateway.bind", "0.0.0.0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tokens-file")
        .hasMessageContaining("has no token");
  }

  @Test
  void givenAFileWithoutATokenAndLoopback_whenConfigured_thenItIsAnError() {
    assertThatThrownBy(() -> read("", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has no token");
  }

  @Test
  void givenAFileWithoutATokenAndOneElsewhere_whenConfigured_thenATokenIsNeeded()
      throws IOException {
    assertThat(read("", Map.of("gateway.tokens", "reader:0123456789abcdef")).access().required())
        .isTrue();
  }

  @Test
  void givenAFileWithoutATokenAndNoAuthentication_whenConfigured_thenEverybodyMayCall()
      throws IOException {
    assertThat(read("", Map.of("gateway.auth", "off")).access().required()).isFalse();
  }
}
