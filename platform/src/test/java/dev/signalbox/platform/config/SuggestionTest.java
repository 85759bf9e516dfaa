package dev.signalbox.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

  private static final List<String> WORDS =
      List.of("up", "dns", "probe", "run", "status", "server", "--short", "gateway.port");

  @ParameterizedTest
  @CsvSource({
    "stauts, status",
    "statu, status",
    "dsn, dns",
    "prob, probe",
    "--shrot, --short",
    "gatewy.port, gateway.port"
  })
  void givenATypingError_whenWordsAreClose_thenTheClosestIsSuggested(String typed, String meant) {
    assertThat(Suggestion.closest(typed, WORDS)).contains(meant);
    assertThat(Suggestion.question(typed, WORDS)).isEqualTo("; did you mean " + meant + "?");
  }

  @ParameterizedTest
  @CsvSource({"frobnicate", "x", "-x", "zz", "--verbose", "dns.timeout"})
  void givenAWordThatIsCloseToNone_whenASuggestionIsSought_thenThereIsNone(String typed) {
    assertThat(Suggestion.closest(typed, WORDS)).isEmpty();
    assertThat(Suggestion.question(typed, WORDS)).isEmpty();
  }

  @Test
  void givenAWordOfAnyLength_whenASuggestionIsSought_thenLongOnesCostNothing() {
    assertThat(Suggestion.closest("x".repeat(100_000), List.of("x".repeat(100_001)))).isEmpty();
    assertThat(Suggestion.closest("", WORDS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ab, ba, 1", "kitten, sitting, 3", "a, a, 0", "abc, '', 3"})
  void givenTwoWords_whenTheyAreCompared_thenTheDistanceCountsErrors(
      String from, String to, int distance) {
    assertThat(Suggestion.distance(from, to)).isEqualTo(distance);
  }
}
