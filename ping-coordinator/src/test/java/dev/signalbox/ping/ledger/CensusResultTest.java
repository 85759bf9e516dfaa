package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.ping.ledger.CensusResult.Reading.Invalid;
import dev.signalbox.ping.ledger.CensusResult.Reading.Valid;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CensusResultTest {

  @Property(tries = 50)
  void allThreeWaysOfWritingSayTheSame(@ForAll long seed) {
    BitSet answers = new BitSet(65_536);
    Random random = new Random(seed);
    for (int i = random.nextInt(65_536); i > 0; i--) {
      answers.set(random.nextInt(65_536));
    }
    byte[] text = new byte[65_536];
    byte[] bitmap = new byte[8_192];
    byte[] rtt = new byte[65_536];
    for (int i = 0; i < 65_536; i++) {
      text[i] = (byte) (answers.get(i) ? '1' : '0');
      rtt[i] = (byte) (answers.get(i) ? 1 + random.nextInt(255) : 0);
      bitmap[i / 8] |= (byte) (answers.get(i) ? 0x80 >>> (i % 8) : 0);
    }

    CensusResult fromText = valid(Format.TEXT, text);
    CensusResult fromBitmap = valid(Format.BITMAP, bitmap);
    CensusResult fromRtt = valid(Format.RTT, rtt);

    assertThat(fromText.bitmap()).isEqualTo(bitmap);
    assertThat(fromBitmap.bitmap()).isEqualTo(bitmap);
    assertThat(fromRtt.bitmap()).isEqualTo(bitmap);
    assertThat(fromRtt.rtt()).isEqualTo(rtt);
    assertThat(fromText.answered()).isEqualTo(answers.cardinality());
    assertThat(fromBitmap.answered()).isEqualTo(answers.cardinality());
    assertThat(fromRtt.answered()).isEqualTo(answers.cardinality());
    CensusResult unpacked = PackedResult.of(fromRtt).unpack();
    assertThat(unpacked.bitmap()).isEqualTo(bitmap);
    assertThat(unpacked.rtt()).isEqualTo(rtt);
  }

  @Property
  void anythingElseIsInvalid(@ForAll @Size(max = 300) byte[] bytes) {
    for (Format format : Format.values()) {
      assertThat(CensusResult.read(format, bytes)).isInstanceOf(Invalid.class);
    }
    assertThat(CensusResult.read(Format.BITMAP, bytes))
        .isEqualTo(new Invalid("length:" + bytes.length));
  }

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

    assertThat(PackedResult.of(valid(Format.BITMAP, bitmap)).bitmap().length).isLessThan(3_000);
  }

  private static CensusResult.Reading read(String text) {
    return CensusResult.read(Format.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static CensusResult valid(Format format, byte[] data) {
    return ((Valid) CensusResult.read(format, data)).result();
  }
}
