package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Any bytes are read as Jackson reads them, or refused with a place. */
class StrictJsonFuzzTest {

  private static final JsonMapper JACKSON = new JsonMapper();

  @FuzzTest(maxDuration = "1m")
  void anyBytesAreReadAsByJacksonOrRefused(byte[] json) throws IOException {
    Object value;
    try {
      value = StrictJson.value(json, JsonLimits.values(1_000).withArray("tasks", 10));
    } catch (JsonInputException refused) {
      assertThat(refused.line()).isPositive();
      assertThat(refused.column()).isPositive();
      assertThat(String.valueOf(refused.getMessage())).hasSizeLessThan(300);
      return;
    }
    assertThat(JACKSON.readValue(json, Object.class)).isEqualTo(value);
    // What was taken can be written again.
    byte[] written = JACKSON.writeValueAsBytes(value);
    assertThat(StrictJson.value(written, JsonLimits.values(1_000))).isEqualTo(value);
  }
}
