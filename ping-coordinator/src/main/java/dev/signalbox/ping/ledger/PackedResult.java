package dev.signalbox.ping.ledger;

import com.github.luben.zstd.Zstd;
import org.jspecify.annotations.Nullable;

/**
 * A result as storage keeps it. About one address in ten answers, which makes a bitmap of 8 KiB
 * some 2 KiB, and 64 KiB of round-trip times some 5: less to write before it can be acknowledged.
 *
 * @param bitmap 8,192 bytes as they are, or fewer: a zstd frame of them
 * @param rtt a zstd frame of 65,536 bytes; null without round-trip times
 * @param answered addresses that answered
 */
@SuppressWarnings("ArrayRecordComponent")
record PackedResult(byte[] bitmap, byte @Nullable [] rtt, int answered) {

  private static final int LEVEL = 1;

  static PackedResult of(CensusResult result) {
    byte[] frame = Zstd.compress(result.bitmap(), LEVEL);
    byte[] rtt = result.rtt();
    return new PackedResult(
        frame.length < CensusResult.BITMAP_BYTES ? frame : result.bitmap(),
        rtt == null ? null : Zstd.compress(rtt, LEVEL),
        result.answered());
  }

  CensusResult unpack() {
    byte[] whole =
        bitmap.length == CensusResult.BITMAP_BYTES
            ? bitmap
            : Zstd.decompress(bitmap, CensusResult.BITMAP_BYTES);
    byte[] codes = rtt == null ? null : Zstd.decompress(rtt, CensusResult.ADDRESSES);
    return new CensusResult(whole, codes, answered);
  }
}
