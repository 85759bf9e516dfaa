package dev.signalbox.ping.map;

import dev.signalbox.ping.bitmap.Bitmaps;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * What the map shows, flat in memory: a status for each /16, a count for each /24, and a version
 * for each tile. One thread at a time may change it, any number may read: a reader that takes the
 * version before the data never keeps old data under a new version.
 */
final class CensusMap {

  /** Blocks of IPv4: the /16s. */
  static final int BLOCKS = 65_536;

  /** Bytes of a bitmap of a /16. */
  static final int BITMAP_BYTES = 8_192;

  /** The deepest zoom, at which a tile is one /16. */
  static final int MAX_ZOOM = 8;

  /** Status of a block that is done. */
  static final int DONE = 2;

  /** Status of a block that is no task of the census. */
  static final int OUTSIDE = MapStorage.OUTSIDE;

  private static final int PARTS = 256;
  private static final int PART_BYTES = BITMAP_BYTES / PARTS;
  private static final int MAX_COUNT = 255;

  private final byte[] statuses = new byte[BLOCKS];
  private final byte[] counts = new byte[BLOCKS * PARTS];
  private final int[] fingerprints = new int[BLOCKS];
  private final AtomicIntegerArray versions = new AtomicIntegerArray(firstTile(MAX_ZOOM + 1));

  CensusMap() {
    Arrays.fill(statuses, (byte) OUTSIDE);
  }

  /**
   * Takes a change of a block in: the nine tiles that show it, one at each zoom, get a new version,
   * unless the block is as it was.
   *
   * @param bitmap 8,192 bytes when the block is done
   * @return whether anything changed
   */
  boolean changed(int index, int status, byte @Nullable [] bitmap) {
    int fingerprint = bitmap == null ? 0 : Arrays.hashCode(bitmap);
    if (statuses[index] == status && fingerprints[index] == fingerprint) {
      return false;
    }
    int first = index * PARTS;
    for (int part = 0; part < PARTS; part++) {
      int count = bitmap == null ? 0 : answered(bitmap, part * PART_BYTES * 8, PART_BYTES * 8);
      counts[first + part] = (byte) Math.min(count, MAX_COUNT);
    }
    statuses[index] = (byte) status;
    fingerprints[index] = fingerprint;
    for (int zoom = 0; zoom <= MAX_ZOOM; zoom++) {
      versions.incrementAndGet(firstTile(zoom) + (index >>> (16 - 2 * zoom)));
    }
    return true;
  }

  /** The version of a tile: another number after each change of what it shows. */
  int version(int zoom, int x, int y) {
    return versions.get(firstTile(zoom) + Hilbert.place(zoom, x, y));
  }

  int status(int block) {
    return statuses[block];
  }

  /** Addresses that answered in a run of /24s, by the first one's number and how many they are. */
  int answered(int firstPart, int parts) {
    int sum = 0;
    for (int part = firstPart; part < firstPart + parts; part++) {
      sum += counts[part] & 0xFF;
    }
    return sum;
  }

  /** Bits set in a run of a bitmap that lies in one byte or fills whole bytes. */
  static int answered(byte[] bitmap, int firstBit, int bits) {
    if (bits < 8) {
      int shift = 8 - bits - (firstBit & 7);
      return Integer.bitCount((bitmap[firstBit >> 3] >> shift) & ((1 << bits) - 1));
    }
    return Bitmaps.ones(bitmap, firstBit >> 3, (firstBit + bits) >> 3);
  }

  /** Where the tiles of a zoom begin: after 1 + 4 + 16 + … of those before. */
  private static int firstTile(int zoom) {
    return ((1 << (2 * zoom)) - 1) / 3;
  }
}
