package dev.signalbox.gateway.census;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses of a round in the portable format of Roaring bitmaps (RoaringFormatSpec, without
 * run containers), written block by block: a /16 is a container, and a library that writes the
 * format wants all of it in memory first.
 */
final class RoaringFile {

  /** SERIAL_COOKIE_NO_RUNCONTAINER. */
  private static final int COOKIE = 12_346;

  /** Up to this many values a container is their list, else a bitmap. */
  private static final int MAX_LIST = 4_096;

  private static final int BITMAP_BYTES = 8_192;

  private final List<Integer> blocks = new ArrayList<>();
  private final int[] answered;

  /**
   * @param answered of each of 65,536 blocks, how many addresses answered; less than 1 for none
   */
  RoaringFile(int[] answered) {
    this.answered = answered;
    for (int block = 0; block < answered.length; block++) {
      if (answered[block] > 0) {
        blocks.add(block);
      }
    }
  }

  /** The blocks that have a container, in order. */
  List<Integer> blocks() {
    return blocks;
  }

  /** Length of the file in bytes. */
  long length() {
    long length = headLength();
    for (int block : blocks) {
      length += containerLength(answered[block]);
    }
    return length;
  }

  /** What comes before the containers. */
  Buffer head() {
    ByteBuffer head = ByteBuffer.allocate(headLength()).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(COOKIE).putInt(blocks.size());
    for (int block : blocks) {
      head.putShort((short) block).putShort((short) (answered[block] - 1));
    }
    // An offset is unsigned, and a whole file is shorter than 2^32 bytes.
    long offset = headLength();
    for (int block : blocks) {
      head.putInt((int) offset);
      offset += containerLength(answered[block]);
    }
    return Buffer.buffer(head.array());
  }

  /**
   * The container of a block.
   *
   * @param bitmaps several bitmaps, bit 7 of byte 0 for the first address of each
   * @param from where the one of the block begins
   * @throws IllegalStateException when it has another number of addresses than the head says
   */
  Buffer container(int block, byte[] bitmaps, int from) {
    int expected = answered[block];
    ByteBuffer container =
        ByteBuffer.allocate(containerLength(expected)).order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    for (int i = 0; i < BITMAP_BYTES; i++) {
      int bits = bitmaps[from + i] & 0xff;
      count += Integer.bitCount(bits);
      if (count > expected) {
        break;
      }
      if (expected > MAX_LIST) {
        container.put((byte) (Integer.reverse(bits) >>> 24));
      } else {
        for (int bit = 0; bits != 0; bit++, bits = bits << 1 & 0xff) {
          if ((bits & 0x80) != 0) {
            container.putShort((short) (i * 8 + bit));
          }
        }
      }
    }
    if (count != expected) {
      throw new IllegalStateException("block " + block + " changed while it was exported");
    }
    return Buffer.buffer(container.array());
  }

  private int headLength() {
    return 8 + blocks.size() * 8;
  }

  private static int containerLength(int values) {
    return values > MAX_LIST ? BITMAP_BYTES : 2 * values;
  }
}
