package dev.signalbox.httpprobe.body;

import dev.signalbox.httpprobe.phase.ProbeException;
import java.util.Arrays;

/**
 * One coding that takes in no more than twice what comes out of it, and some. Every format has
 * parts from which nothing comes out: padding, names, empty members, frames to be skipped. A limit
 * on what comes out in the end never sees them, and a coding around them makes millions of them
 * from a few bytes. What is given out is bounded by what takes it: the next coding, or the reader
 * of the body.
 */
final class BoundedDecoder implements ContentDecoder {

  /**
   * Bytes that may go in before any comes out: a zstd block is decoded when all its 128 KiB are
   * there.
   */
  static final int SLACK = 1 << 18;

  /**
   * Bytes that may go in for each that came out: servers that flush after every few bytes send more
   * than they encode.
   */
  static final int RATIO = 2;

  private final ContentDecoder decoder;
  private long taken;
  private long given;

  BoundedDecoder(ContentDecoder decoder) {
    this.decoder = decoder;
  }

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    for (int from = 0; from < bytes.length; from += Inflation.PIECE) {
      int to = Math.min(bytes.length, from + Inflation.PIECE);
      take(to - from);
      if (!decoder.decode(
          Arrays.copyOfRange(bytes, from, to), (piece, length) -> give(piece, length, sink))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void finish() {
    decoder.finish();
  }

  @Override
  public long held() {
    return decoder.held();
  }

  @Override
  public void close() {
    decoder.close();
  }

  /** Bytes that went in. */
  long taken() {
    return taken;
  }

  /** Bytes that came out. */
  long given() {
    return given;
  }

  private void take(int count) {
    if (taken + count > SLACK + RATIO * given) {
      throw ProbeException.bodyTooLarge(
          "the compressed body is too long for what it has in it: "
              + (taken + count)
              + " bytes of one of its codings decode to "
              + given
              + "; at most "
              + RATIO
              + " times that and "
              + SLACK
              + " are read");
    }
    taken += count;
  }

  private boolean give(byte[] piece, int length, Sink sink) {
    given += length;
    return sink.take(piece, length);
  }
}
