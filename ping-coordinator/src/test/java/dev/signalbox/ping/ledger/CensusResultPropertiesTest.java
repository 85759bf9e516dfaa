package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.ping.ledger.CensusResult.Reading.Invalid;
import dev.signalbox.ping.ledger.CensusResult.Reading.Valid;
import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class CensusResultPropertiesTest {

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

  private static CensusResult valid(Format format, byte[] data) {
    return ((Valid) CensusResult.read(format, data)).result();
  }
}
