package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuspicionTest {

  private static Suspicion of(byte[] bitmap) {
    return Suspicion.of(CensusResult.of(bitmap, null));
  }

  private static byte[] filled(int value) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    Arrays.fill(bitmap, (byte) value);
    return bitmap;
  }

  @Test
  void givenPatternsOfOneByte_whenLookedAt_thenTheyAreNamed() {
    assertThat(of(filled(0))).isEqualTo(Suspicion.ALL_ZEROS);
    assertThat(of(filled(0xff))).isEqualTo(Suspicion.ALL_ONES);
    assertThat(of(filled(0x55))).isEqualTo(Suspicion.CONSTANT);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 31, 32, 100, 1_000, 2_047, 2_048})
  void givenAPieceThatIsRepeated_whenLookedAt_thenItIsNoticed(int period) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    byte[] piece = new byte[period];
    new Random(period).nextBytes(piece);
    piece[0] = (byte) ~piece[1];
    for (int i = 0; i < bitmap.length; i++) {
      bitmap[i] = piece[i % period];
    }

    assertThat(of(bitmap)).isEqualTo(Suspicion.REPEATED);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 9, 100, 2_047, 2_048})
  void givenAPieceWithAHole_whenRepeated_thenItIsNoticed(int period) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    for (int i = period - 1; i < bitmap.length; i += period) {
      bitmap[i] = 1;
    }

    assertThat(of(bitmap)).isEqualTo(Suspicion.REPEATED);
  }

  @Test
  void givenAPieceOfMoreThanAQuarter_whenRepeated_thenItIsNoPattern() {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    for (int i = 0; i < bitmap.length; i += 2_049) {
      bitmap[i] = 1;
    }

    assertThat(of(bitmap)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4_000, 8_191})
  void givenASingleByteThatDiffers_whenLookedAt_thenItIsNoPattern(int place) {
    byte[] bitmap = filled(0);
    bitmap[place] = 1;

    assertThat(of(bitmap)).isNull();
  }

  @Test
  void givenRandomResults_whenLookedAt_thenNoneIsSuspicious() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
      for (int k = 0; k <= i; k++) {
        bitmap[random.nextInt(bitmap.length)] |= (byte) (1 << random.nextInt(8));
      }
      assertThat(of(bitmap)).isNull();
    }
  }

  @Test
  void givenTimesThatAreAllTheSame_whenLookedAt_thenTheyAreSuspiciousIfManyAnswered() {
    byte[] few = new byte[CensusResult.ADDRESSES];
    byte[] many = new byte[CensusResult.ADDRESSES];
    byte[] various = new byte[CensusResult.ADDRESSES];
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      few[random.nextInt(few.length)] = 7;
    }
    for (int i = 0; i < 1_000; i++) {
      many[random.nextInt(many.length)] = (byte) 200;
      various[random.nextInt(various.length)] = (byte) (150 + random.nextInt(5));
    }

    assertThat(Suspicion.of(CensusResult.ofRtt(few))).isNull();
    assertThat(Suspicion.of(CensusResult.ofRtt(many))).isEqualTo(Suspicion.SAME_TIME);
    assertThat(Suspicion.of(CensusResult.ofRtt(various))).isNull();
  }
}
