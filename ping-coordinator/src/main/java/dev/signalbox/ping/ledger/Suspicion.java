package dev.signalbox.ping.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a result looks like that nobody pinged for; such patterns exist, but seldom. */
enum Suspicion {
  /** Nobody answered, which is true of many blocks and the easiest to make up. */
  ALL_ZEROS,
  /** Everybody answered. */
  ALL_ONES,
  /** Each byte, that is each eight neighbours, is the same. */
  CONSTANT,
  /** The block repeats a piece of itself. */
  REPEATED,
  /** Every answer took the same time. */
  SAME_TIME;

  /** A quarter of the block, to be found four times at least. */
  private static final int LONGEST_PERIOD = CensusResult.BITMAP_BYTES / 4;

  /** Answers that may take the same time by chance, as at the far end of one link. */
  private static final int SAME_BY_CHANCE = 256;

  /** The first that fits; null when none does. */
  static @Nullable Suspicion of(CensusResult result) {
    if (result.answered() == 0) {
      return ALL_ZEROS;
    }
    if (result.answered() == CensusResult.ADDRESSES) {
      return ALL_ONES;
    }
    byte[] bitmap = result.bitmap();
    int period = period(bitmap);
    if (period == 1) {
      return CONSTANT;
    }
    if (period <= LONGEST_PERIOD) {
      return REPEATED;
    }
    byte[] rtt = result.rtt();
    return rtt != null && result.answered() > SAME_BY_CHANCE && sameTime(rtt) ? SAME_TIME : null;
  }

  /**
   * The shortest period of all bytes, by the failure function of Knuth, Morris and Pratt: linear
   * whatever the bytes are.
   */
  private static int period(byte[] bytes) {
    int[] border = new int[bytes.length];
    for (int i = 1, k = 0; i < bytes.length; i++) {
      while (k > 0 && bytes[i] != bytes[k]) {
        k = border[k - 1];
      }
      if (bytes[i] == bytes[k]) {
        k++;
      }
      border[i] = k;
    }
    return bytes.length - border[bytes.length - 1];
  }

  private static boolean sameTime(byte[] rtt) {
    byte[] codes = rtt.clone();
    Arrays.sort(codes);
    byte time = 0;
    for (byte code : codes) {
      if (code != 0 && time != 0 && code != time) {
        return false;
      }
      time = code == 0 ? time : code;
    }
    return true;
  }
}
