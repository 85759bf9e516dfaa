package dev.signalbox.contracts.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RttCodeTest {

  @Test
  void givenEveryCode_whenItsTimeIsCoded_thenItIsTheSameCode() {
    for (int code = 1; code <= 255; code++) {
      assertThat(RttCode.of(Math.round(RttCode.millis(code) * 1_000_000))).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "100000, 1", "1000000, 48", "20000000, 110", "9000000000000, 255"})
  void givenATime_whenCoded_thenTheCodeIsTheNearest(long nanos, int code) {
    assertThat(RttCode.of(nanos)).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"1, 0.1", "255, 24103.6"})
  void givenACode_whenDecoded_thenItIsTheDocumentedTime(int code, double millis) {
    assertThat(RttCode.millis(code)).isCloseTo(millis, within(millis / 1_000));
  }
}
