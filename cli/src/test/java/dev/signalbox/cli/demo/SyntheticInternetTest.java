package dev.signalbox.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyntheticInternetTest {

  private static final int SAMPLE = 97; // every 97th block: prime, so that all /8s are in

  private static int answering(byte[] codes) {
    int answering = 0;
    for (byte code : codes) {
      if (code != 0) {
        answering++;
      }
    }
    return answering;
  }

  @Test
  void givenTheWholeSpace_whenMadeUp_thenAboutOneAddressInTwelveAnswers() {
    double share =
        IntStream.range(0, 65_536 / SAMPLE)
            .mapToDouble(i -> answering(SyntheticInternet.codes(i * SAMPLE, 1)) / 65_536.0)
            .average()
            .orElseThrow();

    assertThat(share).isBetween(0.05, 0.12);
  }

  @Test
  void givenOneBlock_whenTwoLook_thenTheyAgreeUpToTheFewThatComeAndGo() {
    for (int index = 256; index < 65_536; index += 4_099) {
      byte[] one = SyntheticInternet.codes(index, 1);
      byte[] other = SyntheticInternet.codes(index, 2);
      int differing = 0;
      for (int i = 0; i < one.length; i++) {
        if (one[i] == 0 != (other[i] == 0)) {
          differing++;
        }
      }

      assertThat(differing).as("block %d", index).isLessThanOrEqualTo(answering(one) / 20 + 10);
      assertThat(SyntheticInternet.codes(index, 1)).isEqualTo(one);
    }
  }
}
