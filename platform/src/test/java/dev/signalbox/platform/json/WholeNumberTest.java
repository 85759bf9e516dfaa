package dev.signalbox.platform.json;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeNumberTest {

  @Property
  void givenAnyNumber_whenWrittenAndRead_thenItIsTheSame(@ForAll long number) {
    assertThat(WholeNumber.parse(Long.toString(number), Long.MIN_VALUE, Long.MAX_VALUE))
        .hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "--1",
        " 1",
        "1 ",
        "1\n",
        "1_000",
        "1,000",
        "1.0",
        "1e3",
        "0x1",
        "1L",
        "\u0661",
        "\uff11",
        "\u0967",
        "\u2212" + "1",
        "9223372036854775808",
        "-9223372036854775809",
        "000000000000000000001",
        "null"
      })
  void givenAnythingElse_whenRead_thenItIsNoNumber(String text) {
    assertThat(WholeNumber.parse(text, Long.MIN_VALUE, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void givenBounds_whenRead_thenBothAreAllowedAndWhatLiesBeyondIsNot() {
    assertThat(WholeNumber.parse("1", 1, 3)).hasValue(1);
    assertThat(WholeNumber.parse("3", 1, 3)).hasValue(3);
    assertThat(WholeNumber.parse("0", 1, 3)).isEmpty();
    assertThat(WholeNumber.parse("4", 1, 3)).isEmpty();
    assertThat(WholeNumber.parse("-1", 0, 3)).isEmpty();
  }

  @Test
  void givenZerosInFront_whenRead_thenTheyDoNotMatter() {
    assertThat(WholeNumber.parse("007", 0, 9)).hasValue(7);
  }
}
