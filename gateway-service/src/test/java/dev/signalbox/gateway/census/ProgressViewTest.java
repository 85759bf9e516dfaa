package dev.signalbox.gateway.census;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.GetProgressReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressViewTest {

  @ParameterizedTest
  @CsvSource({
    "1000, 0, 0, 0, ", // nothing done: nobody knows
    "1000, 0, 1000, 3600000, 3600", // an hour at work
    "1000, 0, 1000, 60000, 60", // a minute at work: no hour of pace
    "1000, 0, 1000, 0, 3600", // a replica that tells no time
    "0, 1000, 0, 0, 0" // all done
  })
  void givenAPace_whenAskedWhatIsLeft_thenItIsTheTimeThatTheRestTakes(
      int available, int done, int perHour, long paceMs, @Nullable Long seconds) {
    GetProgressReply counts =
        new GetProgressReply(available + done, available, 0, done, 0, 0, 0, perHour, paceMs, 1, 0);

    assertThat(ProgressView.eta(counts)).isEqualTo(seconds);
  }
}
