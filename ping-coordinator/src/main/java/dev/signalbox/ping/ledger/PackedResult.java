package dev.signalbox.ping.ledger;

import com.github.luben.zstd.Zstd;

/**
 * A result as storage keeps it. About one address in ten answers, which makes a bitmap of 8 KiB
 * some 2 KiB, and 64 KiB of round-trip times some 5: less to write before it can be acknowledged.
 *
 * @param packing how {@code data} is packed
 * @param data the bytes
 * @param answered addresses that answered; of what storage has, without those that were left out
 *     when it was stored
 */
@SuppressWarnings("ArrayRecordComponent")
record PackedResult(Packing packing, byte[] data, int answered) {

  /** How results are packed. */
  enum Packing {
    /** 8,192 bytes as they are, for what cannot be packed. */
    BITMAP(0),
    /** A zstd frame of 8,192 bytes. */
    BITMAP_FRAME(1),
    /** A zstd frame of 65,536 round-trip-time codes, which tell the bitmap too. */
    RTT_FRAME(2);

    private final int code;

    Packing(int code) {
      this.code = code;
    }

    /** How storage has it. */
    int code() {
      return code;
    }

    static Packing of(int code) {
      return switch (code) {
        case 0 -> BITMAP;
        case 1 -> BITMAP_FRAME;
        case 2 -> RTT_FRAME;
        default -> throw new IllegalArgumentException("no packing has the code " + code);
      };
    }
  }

  private static final int LEVEL = 1;

  static PackedResult of(CensusResult result) {
    byte[] rtt = result.rtt();
    if (rtt != null) {
      return new PackedResult(Packing.RTT_FRAME, Zstd.compress(rtt, LEVEL), result.answered());
    }
    byte[] frame = Zstd.compress(result.bitmap(), LEVEL);
    return frame.length < CensusResult.BITMAP_BYTES
        ? new PackedResult(Packing.BITMAP_FRAME, frame, result.answered())
        : new PackedResult(Packing.BITMAP, result.bitmap(), result.answered());
  }

  /**
   * Keeps the frame that a result came in, unless it is larger than the result itself.
   *
   * @param frame what {@code result} was unpacked from
   */
  static PackedResult of(CensusResult result, byte[] frame) {
    byte[] rtt = result.rtt();
    if (frame.length >= (rtt == null ? CensusResult.BITMAP_BYTES : CensusResult.ADDRESSES)) {
      return of(result);
    }
    return new PackedResult(
        rtt == null ? Packing.BITMAP_FRAME : Packing.RTT_FRAME, frame, result.answered());
  }

  CensusResult unpack() {
    return switch (packing) {
      case BITMAP -> new CensusResult(data, null, answered);
      case BITMAP_FRAME ->
          new CensusResult(Zstd.decompress(data, CensusResult.BITMAP_BYTES), null, answered);
      case RTT_FRAME -> CensusResult.ofRtt(Zstd.decompress(data, CensusResult.ADDRESSES));
    };
  }
}
