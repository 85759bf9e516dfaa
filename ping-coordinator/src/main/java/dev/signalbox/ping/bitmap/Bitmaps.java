package dev.signalbox.ping.bitmap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads bitmaps eight bytes at a time. */
public final class Bitmaps {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bitmaps() {}

  /** Bits set in the bytes from one index to another, the end left out. */
  public static int ones(byte[] bitmap, int from, int end) {
    int ones = 0;
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      ones += Long.bitCount(eightBytes(bitmap, at));
    }
    for (; at < end; at++) {
      ones += Integer.bitCount(bitmap[at] & 0xFF);
    }
    return ones;
  }

  /** The eight bytes from an index on, the first the lowest. */
  public static long eightBytes(byte[] bitmap, int at) {
    return (long) LONGS.get(bitmap, at);
  }
}
