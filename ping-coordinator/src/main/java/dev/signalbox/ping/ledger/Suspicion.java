package dev.signalbox.ping.ledger;

import dev.signalbox.ping.bitmap.Bitmaps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Patterns of results made up without pinging; real results seldom have them. */
enum Suspicion {
  /** No address answered, which is true of many blocks and the easiest to make up. */
  ALL_ZEROS,
  /** All addresses answered. */
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
    int period = period(result.bitmap());
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
   * The shortest period of a bitmap that is not empty, up to {@link #LONGEST_PERIOD}; the length
   * when there is none. A period repeats the eight bytes from the first that is not zero: what does
   * not is dismissed with one comparison.
   */
  private static int period(byte[] bytes) {
    int first = 0;
    while (bytes[first] == 0) {
      first++;
    }
    // With a period up to the first, there would be one before it.
    int longest = first < LONGEST_PERIOD ? LONGEST_PERIOD : 0;
    for (int period = first + 1; period <= longest; period++) {
      if (Bitmaps.eightBytes(bytes, first) == Bitmaps.eightBytes(bytes, first + period)
          && Arrays.mismatch(bytes, 0, bytes.length - period, bytes, period, bytes.length) < 0) {
        return period;
      }
    }
    return bytes.length;
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
