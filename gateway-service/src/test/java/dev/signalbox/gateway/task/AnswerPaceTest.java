package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerPaceTest {

  private final AnswerPace pace = new AnswerPace();

  @Test
  void oneTaskMayAlwaysBegin() {
    pace.answered(1L << 40);

    assertThat(pace.mayBegin(0)).isTrue();
    assertThat(pace.mayBegin(1)).isFalse();
  }

  @Test
  void fewBeginBeforeAnyAnswerIsKnown() {
    assertThat(pace.mayBegin(15)).isTrue();
    assertThat(pace.mayBegin(16)).isFalse();
  }

  @Test
  void manyBeginWhenAnswersAreSmall() {
    pace.answered(300);

    assertThat(pace.mayBegin(10_000)).isTrue();
  }

  @Test
  void aLargeAnswerCountsAtOnce() {
    pace.answered(300);
    pace.answered(4 << 20);

    assertThat(pace.mayBegin(3)).isTrue();
    assertThat(pace.mayBegin(4)).isFalse();
  }

  @Test
  void aLargeAnswerIsForgottenLittleByLittle() {
    pace.answered(4 << 20);
    pace.answered(300);
    assertThat(pace.mayBegin(5)).isFalse();

    for (int i = 0; i < 200; i++) {
      pace.answered(300);
    }

    assertThat(pace.mayBegin(10_000)).isTrue();
  }
}
