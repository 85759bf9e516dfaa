package dev.signalbox.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.worker.state.WorkerState.GivenUpBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivenUpBlocksTest {

  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");

  private final GivenUpBlocks blocks = new GivenUpBlocks();

  @Test
  void givenABlock_whenADayHasPassed_thenItMayBePingedAgain() {
    blocks.add(257, NOW);

    assertThat(blocks.contains(257, NOW.plus(Duration.ofHours(23)))).isTrue();
    assertThat(blocks.contains(257, NOW.plus(Duration.ofHours(24)))).isFalse();
    assertThat(blocks.contains(258, NOW)).isFalse();
  }

  @Test
  void givenAClockThatWasWrong_whenItIsRight_thenTheBlockMayBePingedAgain() {
    blocks.add(257, NOW.plus(Duration.ofDays(9)));

    assertThat(blocks.contains(257, NOW)).isFalse();
  }

  @Test
  void givenMoreBlocksThanAreRemembered_whenAnotherIsAdded_thenTheOldestIsForgotten() {
    for (int index = 0; index < GivenUpBlocks.MOST; index++) {
      blocks.add(index, NOW);
    }
    blocks.add(0, NOW); // the latest again

    blocks.add(1_000, NOW);

    assertThat(blocks.state()).hasSize(GivenUpBlocks.MOST);
    assertThat(blocks.contains(0, NOW)).isTrue();
    assertThat(blocks.contains(1, NOW)).isFalse();
  }

  @Test
  void givenAState_whenResumed_thenItIsTheSame() {
    blocks.add(258, NOW);
    blocks.add(257, NOW.plusSeconds(1));
    GivenUpBlocks resumed = new GivenUpBlocks();

    resumed.resume(blocks.state());

    assertThat(resumed.state())
        .containsExactly(
            new GivenUpBlock(258, "2026-11-27T00:00:00Z"),
            new GivenUpBlock(257, "2026-11-27T00:00:01Z"));
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 20", "2, 40", "3, 60", "4, 60", "1000, 60"})
  void givenLeasesOfNothingElse_whenTheNextIsAskedFor_thenLaterEachTime(int before, long minutes) {
    assertThat(LeaseRequester.waitAfterUselessMs(before))
        .isEqualTo(TimeUnit.MINUTES.toMillis(minutes));
  }
}
