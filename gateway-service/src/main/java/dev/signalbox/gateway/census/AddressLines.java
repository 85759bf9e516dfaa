package dev.signalbox.gateway.census;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.RttCode;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The addresses that answered as CSV (RFC 4180), each with its round-trip time if it is known. */
final class AddressLines {

  /** The first line. */
  static final Buffer HEAD = Buffer.buffer("address,rtt_ms\r\n");

  private static final int BITMAP_BYTES = 8_192;

  private static final String[] TIMES =
      IntStream.range(0, 256)
          .mapToObj(code ->
              code == RttCode.NONE ? "" : String.format(Locale.ROOT, "%.1f", RttCode.millis(code)))
          .toArray(String[]::new);

  /** Length of a line at most: the longest address and time, a comma and the end of the line. */
  static final int MAX_BYTES =
      15 + 1 + Arrays.stream(TIMES).mapToInt(String::length).max().orElseThrow() + 2;

  private AddressLines() {}

  /**
   * The lines of some blocks.
   *
   * @param blocks in order
   * @param results of these blocks and those between, from the first of them on
   */
  static Buffer of(List<Integer> blocks, ReadBlocksReply results) {
    Buffer lines = Buffer.buffer();
    byte[] bitmaps = results.bitmaps().bytes();
    Binary rtt = results.rtt();
    StringBuilder line = new StringBuilder();
    for (int block : blocks) {
      int from = (block - blocks.getFirst()) * BITMAP_BYTES;
      String network = (block >> 8) + "." + (block & 255) + ".";
      for (int i = 0; i < BITMAP_BYTES; i++) {
        for (int bits = bitmaps[from + i] & 0xff; bits != 0; ) {
          int bit = Integer.numberOfLeadingZeros(bits) - 24;
          bits &= ~(0x80 >> bit);
          int place = i * 8 + bit;
          int code = rtt == null ? RttCode.NONE : rtt.bytes()[from * 8 + place] & 0xff;
          line.setLength(0);
          line.append(network).append(place >> 8).append('.').append(place & 255).append(',');
          lines.appendString(line.append(TIMES[code]).append("\r\n").toString());
        }
      }
    }
    return lines;
  }
}
