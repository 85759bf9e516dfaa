package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDatesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"
      })
  void givenTheThreeForms_whenRead_thenTheyAreTheSameTime(String text) {
    assertThat(HttpDates.seconds(text)).hasValue(784_111_777);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 25:49:37 GMT"})
  void givenAnythingElse_whenRead_thenItIsNoDate(String text) {
    assertThat(HttpDates.seconds(text)).isEmpty();
  }

  @Property
  void givenATime_whenWrittenAndRead_thenItIsTheSameSecond(
      @ForAll @LongRange(min = 0, max = 250_000_000_000L) long seconds) {
    assertThat(HttpDates.seconds(HttpDates.text(seconds * 1_000 + 999))).hasValue(seconds);
  }

  @Property
  void givenAnyMilliseconds_whenWritten_thenThereIsADate(@ForAll long millis) {
    assertThat(HttpDates.text(millis)).hasSize(29).endsWith(" GMT");
  }

  @Property
  void givenAnyText_whenRead_thenItIsAnswered(@ForAll String text) {
    assertThat(HttpDates.seconds(text)).isNotNull();
  }
}
