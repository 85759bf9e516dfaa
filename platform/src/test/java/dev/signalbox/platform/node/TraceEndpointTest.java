package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceEndpointTest {

  @ParameterizedTest
  @CsvSource({
    "http://localhost:4318, http://localhost:4318/v1/traces",
    "http://localhost:4318/, http://localhost:4318/v1/traces",
    "https://[::1]/otlp/, https://[::1]/otlp/v1/traces",
    "http://collector/v1/traces, http://collector/v1/traces"
  })
  void thePathIsTheCollectors(String setting, URI endpoint) {
    assertThat(TraceEndpoint.of(setting)).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:4318",
        "grpc://localhost:4317",
        "http://",
        "http:///v1/traces",
        "http://user:secret@collector",
        "http://collector?token=secret",
        "http://collector#x",
        "http://collector:0",
        "http://collector:70000",
        "http://a b"
      })
  void whatIsNoUrlOfACollectorIsNot(String setting) {
    assertThat(TraceEndpoint.of(setting)).isNull();
  }

  @Test
  void whatIsWrongIsToldAllAtOnceAndWithoutTheSecret() {
    ConfigSource source =
        ConfigSource.of(
            null,
            Map.of(),
            Map.of(
                "platform.trace-endpoint", "http://user:secret@collector",
                "platform.trace-ratio", "1.5"));

    assertThatThrownBy(() -> Node.configure(source, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("platform.trace-endpoint")
        .hasMessageContaining("platform.trace-ratio")
        .hasMessageNotContaining("secret");
  }
}
