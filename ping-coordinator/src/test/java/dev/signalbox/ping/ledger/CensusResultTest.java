package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.ping.ledger.CensusResult.Reading.Invalid;
import dev.signalbox.ping.ledger.CensusResult.Reading.Valid;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CensusResultTest {

  @Test
  void lengthOfTextIsCountedInCharacters() {
    assertThat(read("é€😀")).isEqualTo(new Invalid("length:3"));
    assertThat(read("é".repeat(32_768))).isEqualTo(new Invalid("length:32768"));
    assertThat(read("0".repeat(65_535) + "é")).isEqualTo(new Invalid("length:65536"));
  }

  @Test
  void textOfOneByteMoreOrLessIsInvalid() {
    assertThat(read("0".repeat(65_535))).isEqualTo(new Invalid("length:65535"));
    assertThat(read("0".repeat(65_537))).isEqualTo(new Invalid("length:65537"));
  }

  @Test
  void firstAddressIsTheHighestBit() {
    assertThat(
            valid(Format.TEXT, ("1" + "0".repeat(65_535)).getBytes(StandardCharsets.US_ASCII))
                .bitmap()[0])
        .isEqualTo((byte) 0x80);
  }

  @Test
  void typicalBitmapIsPackedWell() {
    byte[] bitmap = new byte[8_192];
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      bitmap[random.nextInt(2_000)] |= (byte) (1 << random.nextInt(8));
    }

    assertThat(PackedResult.of(valid(Format.BITMAP, bitmap)).data().length).isLessThan(3_000);
  }

  private static CensusResult.Reading read(String text) {
    return CensusResult.read(Format.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static CensusResult valid(Format format, byte[] data) {
    return ((Valid) CensusResult.read(format, data)).result();
  }
}
