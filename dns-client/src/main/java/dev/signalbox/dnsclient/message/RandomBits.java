package dev.signalbox.dnsclient.message;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Unpredictable numbers, fetched by the kilobyte, for one thread. Ids and case must not be
 * guessable from those seen before, which rules out the fast generators.
 */
public final class RandomBits {

  private final SecureRandom source = new SecureRandom();
  private final byte[] block = new byte[4096];
  private final ByteBuffer bits = ByteBuffer.wrap(block).position(block.length);

  /** 64 bits. */
  public long nextLong() {
    refill(Long.BYTES);
    return bits.getLong();
  }

  /** 0 to 65535. */
  public int nextId() {
    refill(Short.BYTES);
    return bits.getShort() & 0xFFFF;
  }

  /** 0 up to but not including the bound, which is small: the bias is below bound / 2^31. */
  public int nextInt(int bound) {
    refill(Integer.BYTES);
    return (int) (((bits.getInt() & 0xFFFFFFFFL) * bound) >>> 32);
  }

  private void refill(int needed) {
    if (bits.remaining() < needed) {
      source.nextBytes(block);
      bits.rewind();
    }
  }
}
