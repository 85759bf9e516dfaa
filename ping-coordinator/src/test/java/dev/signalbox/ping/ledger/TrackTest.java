package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.Contributor.Standing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, NEWCOMER",
    "9, 0, NEWCOMER",
    "0, 1, DOUBTED",
    "4, 1, NEWCOMER",
    "3, 1, DOUBTED",
    "10, 0, KNOWN",
    "49, 0, KNOWN",
    "50, 0, PROVEN",
    "50, 1, PROVEN",
    "50, 2, KNOWN",
    "100, 2, PROVEN",
    "40, 10, KNOWN",
    "40, 11, DOUBTED"
  })
  void givenATrack_whenAsked_thenTheStandingFollows(int agreed, int disagreed, Standing standing) {
    assertThat(new Track(agreed, disagreed).standing()).isEqualTo(standing);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 10, , 50",
    "10, 0, 10, , 10",
    "60, 0, 10, , 3",
    "0, 5, 10, , 100",
    "0, 0, 20, , 100",
    "60, 0, 2, , 1",
    "0, 0, 0, , 0",
    "0, 5, 0, ALL_ONES, 0",
    "0, 0, 10, ALL_ZEROS, 100",
    "10, 0, 10, ALL_ZEROS, 100",
    "60, 0, 10, ALL_ZEROS, 3",
    "60, 0, 10, ALL_ONES, 100",
    "60, 0, 10, REPEATED, 100"
  })
  void givenATrack_whenAResultComes_thenTheShareOfChecksFollows(
      int agreed, int disagreed, int usual, @Nullable Suspicion suspicion, int percent) {
    assertThat(new Track(agreed, disagreed).checkPercent(usual, suspicion)).isEqualTo(percent);
  }
}
