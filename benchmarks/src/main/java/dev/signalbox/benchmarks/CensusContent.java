package dev.signalbox.benchmarks;

import java.util.Random;

/**
 * What workers find: about one address in ten answers, in clumps as on the Internet, and no two
 * tasks alike. A task's result is a window of one long noise, so that making it costs no time that
 * would be counted as the system's.
 */
final class CensusContent {

  static final int ADDRESSES = 65_536;

  private static final int BITMAP = ADDRESSES / 8;
  private static final int TASKS = 65_536;
  private static final int INDEX_BITS = 16;

  private final byte[] bits = new byte[BITMAP + TASKS];
  private final byte[] text = new byte[bits.length * 8];

  CensusContent(long seed) {
    Random random = new Random(seed);
    for (int network = 0; network < text.length / 256; network++) {
      boolean peopled = random.nextInt(10) < 3;
      for (int host = 0; host < 256; host++) {
        int at = network * 256 + host;
        boolean answers = peopled && random.nextInt(3) == 0;
        text[at] = (byte) (answers ? '1' : '0');
        if (answers) {
          bits[at >> 3] |= (byte) (0x80 >> (at & 7));
        }
      }
    }
  }

  /** 8,192 bytes. */
  byte[] bitmap(int task) {
    byte[] bitmap = new byte[BITMAP];
    System.arraycopy(bits, task, bitmap, 0, BITMAP);
    bitmap[0] = (byte) (task >> 8); // The index itself, so that no two are alike for certain.
    bitmap[1] = (byte) task;
    return bitmap;
  }

  /** The same as 65,536 characters, written into a buffer. */
  void text(int task, byte[] into, int offset) {
    System.arraycopy(text, task * 8, into, offset, ADDRESSES);
    for (int i = 0; i < INDEX_BITS; i++) {
      into[offset + i] = (byte) ('0' + (task >> (INDEX_BITS - 1 - i) & 1));
    }
  }
}
