package dev.signalbox.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.error.HttpException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeTimeoutTest {

  @ParameterizedTest
  @CsvSource({
    ", , 119500",
    "10, , 9500",
    "10, 2000, 2000",
    "10, 20000, 9500",
    "0, , 119500",
    "0.75, , 250",
    "0.25, 3000, 3000",
    "1e1, , 9500",
    "86400, , 86399500"
  })
  void givenAHeader_whenRead_thenTheShorterTimeHolds(String header, Long module, long millis) {
    Duration own = module == null ? null : Duration.ofMillis(module);

    assertThat(ScrapeTimeout.of(header, own)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "abc",
        "NaN",
        "Infinity",
        "-1",
        "-0",
        "1e400",
        "86401",
        "0x10",
        "1f",
        "1d",
        ".",
        "e5",
        "1 ",
        "99999999999999999999999999999999999"
      })
  void givenWhatIsNoTime_whenRead_thenItIsRefused(String header) {
    assertThatThrownBy(() -> ScrapeTimeout.of(header, null))
        .isInstanceOf(HttpException.class)
        .hasMessageContaining("must be a number of seconds");
  }

  @ParameterizedTest
  @CsvSource({"1000, 1250", "60000, 60250", "86400000, 60250"})
  void givenATimeOfAProbe_whenItsServiceIsCalled_thenTheCallHasABound(long probe, long call) {
    assertThat(ScrapeTimeout.call(Duration.ofMillis(probe), 60_000)).hasMillis(call);
  }
}
