package dev.signalbox.worker.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(new Random(1));

  @Test
  void givenFailuresInARow_whenWaiting_thenTheWaitDoublesUpToAMinute() {
    for (int failure = 0; failure < 40; failure++) {
      long full = Math.min(60_000, 1_000L << Math.min(failure, 6));

      assertThat(backoff.nextMillis(null)).isBetween(full / 2, full);
    }
  }

  @Test
  void givenASuccess_whenTheNextCallFails_thenTheWaitIsShortAgain() {
    for (int failure = 0; failure < 10; failure++) {
      long ignored = backoff.nextMillis(null);
    }
    backoff.reset();

    assertThat(backoff.nextMillis(null)).isLessThanOrEqualTo(1_000);
  }

  @Test
  void givenRetryAfter_whenWaiting_thenItIsAtLeastThat() {
    assertThat(backoff.nextMillis(Duration.ofSeconds(90))).isBetween(90_000L, 99_000L);
    assertThat(backoff.nextMillis(Duration.ZERO)).isBetween(0L, 1L);
  }
}
