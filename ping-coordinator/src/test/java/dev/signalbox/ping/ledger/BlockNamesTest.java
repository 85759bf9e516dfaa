package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ping.map.BlockNames;
import dev.signalbox.ping.map.BlockNames.Named;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IANA's names, and that they agree with what the ledger keeps out of a census. */
class BlockNamesTest {

  private final BlockNames names = BlockNames.read();

  @Test
  void givenTheRegistry_whenRead_thenEachOctetHasItsName() {
    assertThat(names.octets())
        .extracting(Named::address)
        .containsExactlyElementsOf(
            IntStream.range(0, 256).mapToObj(octet -> (long) octet << 24).toList());
    assertThat(names.octets()).allSatisfy(octet -> assertThat(octet.name()).isNotBlank());
  }

  @Test
  void givenEachBlock_whenComparedWithTheLedger_thenBothSayTheSameIsSpecial() {
    for (int index = 0; index < Block.COUNT; index++) {
      assertThat(names.isSpecial((long) index << 16, 16))
          .as(new Block(index).network())
          .isEqualTo(SpecialPurposeBlocks.covers(index));
    }
  }

  @Test
  void givenSpecialNetworksInsideLiveBlocks_whenComparedWithTheLedger_thenTheyAreTheSame() {
    assertThat(names.specials())
        .filteredOn(special -> special.length() > 16)
        .extracting(Named::network)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, Block.COUNT)
                .boxed()
                .flatMap(index -> SpecialPurposeBlocks.inside(index).stream())
                .toList());
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.0.0/16, APNIC",
    "192.0.0.0/8, ARIN",
    "192.0.2.7/32, Documentation",
    "192.0.2.0/23, ARIN",
    "192.168.1.0/24, Private use",
    "172.16.0.0/12, Private use",
    "172.16.0.0/11, ARIN",
    "255.255.255.255/32, Future use"
  })
  void givenANetwork_whenNamed_thenTheNarrowestNetworkAroundItNamesIt(String network, String name) {
    // Not of the ledger's own parser, which refuses bits beyond the prefix.
    String[] parts = network.split("/", 2);
    long address = AddressRange.parse(parts[0]).orElseThrow().first();

    assertThat(names.name(address, Integer.parseInt(parts[1]))).isEqualTo(name);
  }
}
