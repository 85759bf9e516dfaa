package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockTest {

  @ParameterizedTest
  @CsvSource({"0, 0.0.0.0/16", "258, 1.2.0.0/16", "65535, 255.255.0.0/16", "65536, ''"})
  void networkFollowsFromTheIndex(int index, String network) {
    assertThat(new Block(index).network()).isEqualTo(network);
  }

  @Test
  void censusHasAllButTheSpecialPurposeBlocks() {
    assertThat(IntStream.range(0, 65_536).filter(i -> new Block(i).eligible(false)).count())
        .isEqualTo(56_492);
    assertThat(IntStream.range(0, 65_536).allMatch(i -> new Block(i).eligible(true))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        255, 2_560, 25_664, 25_727, 32_767, 43_518, 44_048, 44_063, 49_320, 50_706, 50_707, 57_344,
        65_535
      })
  void edgesOfSpecialPurposeBlocksAreOut(int index) {
    assertThat(new Block(index).eligible(false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        256, 2_559, 2_816, 25_663, 25_728, 32_768, 43_517, 43_519, 44_047, 44_064, 49_319, 49_321,
        50_705, 50_708, 57_343, 65_536
      })
  void neighboursOfSpecialPurposeBlocksAreIn(int index) {
    assertThat(new Block(index).eligible(false)).isTrue();
  }

  @Test
  void fiveNetworksAreMaskedInsideLiveBlocks() {
    List<String> masked =
        IntStream.range(0, 65_536)
            .mapToObj(Block::new)
            .filter(block -> block.eligible(false))
            .flatMap(block -> block.exclude(false).stream())
            .toList();

    assertThat(masked)
        .containsExactly(
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24", "203.0.113.0/24");
    assertThat(new Block(49_152).exclude(true)).isEmpty();
  }

  @Test
  void spreadIsAPermutation() {
    assertThat(IntStream.range(0, 65_536).map(i -> new Block(i).spread()).distinct().count())
        .isEqualTo(65_536);
    assertThat(IntStream.range(0, 65_536).map(i -> new Block(i).spread()).max()).hasValue(65_535);
  }
}
