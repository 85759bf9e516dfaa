package dev.signalbox.ping.ledger;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.ping.bitmap.Bitmaps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses of a /16 answered.
 *
 * @param bitmap 8,192 bytes, bit 7 of byte 0 for address {@code ….0.0}
 * @param rtt 65,536 round-trip-time codes, 0 for no answer; null unless the worker sent them
 * @param answered addresses that answered
 */
@SuppressWarnings("ArrayRecordComponent")
record CensusResult(byte[] bitmap, byte @Nullable [] rtt, int answered) {

  static final int ADDRESSES = 65_536;
  static final int BITMAP_BYTES = ADDRESSES / 8;

  /** What bytes turn out to be. */
  sealed interface Reading {
    record Valid(CensusResult result) implements Reading {}

    record Invalid(String error) implements Reading {}
  }

  static Reading read(Format format, byte[] data) {
    return switch (format) {
      case TEXT -> fromText(data);
      case BITMAP ->
          data.length == BITMAP_BYTES
              ? new Reading.Valid(new CensusResult(data, null, Bitmaps.ones(data, 0, data.length)))
              : wrongLength(data.length);
      case RTT -> data.length == ADDRESSES ? fromRtt(data) : wrongLength(data.length);
      case BYTES -> read(data.length == BITMAP_BYTES ? Format.BITMAP : Format.RTT, data);
    };
  }

  /** Reads a zstd frame of a bitmap or of round-trip-time codes, and no more than that of it. */
  static Reading readFrame(byte[] frame) {
    byte[] bytes = new byte[ADDRESSES + 1];
    int length;
    try {
      length = (int) Zstd.decompressByteArray(bytes, 0, bytes.length, frame, 0, frame.length);
    } catch (ZstdException e) {
      return new Reading.Invalid(
          e.getErrorCode() == Zstd.errDstSizeTooSmall()
              ? "length:more than " + ADDRESSES
              : "not a zstd frame");
    }
    return read(Format.BYTES, Arrays.copyOf(bytes, length));
  }

  static CensusResult of(byte[] bitmap, byte @Nullable [] rtt) {
    return new CensusResult(bitmap, rtt, Bitmaps.ones(bitmap, 0, bitmap.length));
  }

  /** A result of round-trip-time codes. */
  static CensusResult ofRtt(byte[] rtt) {
    return ((Reading.Valid) fromRtt(rtt)).result;
  }

  /**
   * Whether this, as submitted, says nothing that a stored result does not say: a bitmap repeats a
   * stored result of the same bitmap, round-trip times only one of the same round-trip times.
   */
  boolean repeats(CensusResult stored) {
    return Arrays.equals(bitmap, stored.bitmap) && (rtt == null || Arrays.equals(rtt, stored.rtt));
  }

  /** SHA-256 of what was submitted. */
  byte[] hash() {
    return Sha256.of(rtt == null ? bitmap : rtt);
  }

  private static Reading fromText(byte[] text) {
    if (text.length != ADDRESSES) {
      return wrongLength(characters(text));
    }
    byte[] bitmap = new byte[BITMAP_BYTES];
    int answered = 0;
    for (int i = 0; i < ADDRESSES; i++) {
      int bit = text[i] - '0';
      if ((bit & ~1) != 0) {
        int length = characters(text);
        return length == ADDRESSES
            ? new Reading.Invalid("not 0 or 1 at position " + i)
            : wrongLength(length);
      }
      answered += bit;
      bitmap[i >> 3] |= (byte) (bit << (7 - (i & 7)));
    }
    return new Reading.Valid(new CensusResult(bitmap, null, answered));
  }

  private static Reading fromRtt(byte[] rtt) {
    byte[] bitmap = new byte[BITMAP_BYTES];
    int answered = 0;
    for (int i = 0; i < ADDRESSES; i++) {
      int bit = rtt[i] == 0 ? 0 : 1;
      answered += bit;
      bitmap[i >> 3] |= (byte) (bit << (7 - (i & 7)));
    }
    return new Reading.Valid(new CensusResult(bitmap, rtt, answered));
  }

  private static Reading wrongLength(int length) {
    return new Reading.Invalid("length:" + length);
  }

  /** Characters of UTF-8 text, which is what the sender counts. */
  private static int characters(byte[] text) {
    int count = 0;
    for (byte b : text) {
      count += (b & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }
}
