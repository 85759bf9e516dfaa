package dev.signalbox.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void tellsHowFarAndHowLongStill() {
    assertThat(Progress.text(11_000, 1_000, 3_000, 250, 1_000))
        .isEqualTo("12,000 done, 1,000 failed, 4,000/s, 25 %, ETA 0:09");
  }

  @Test
  void withoutASizeThereIsNoEnd() {
    assertThat(Progress.text(10, 0, 1_000, 250, 0)).isEqualTo("10 done, 0 failed, 10/s");
  }
}
