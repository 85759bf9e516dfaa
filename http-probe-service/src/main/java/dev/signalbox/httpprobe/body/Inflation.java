package dev.signalbox.httpprobe.body;

import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.ProbeException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** One deflate stream, blown up a few kilobytes at a time. */
public final class Inflation {

  static final int PIECE = 8_192;
  // zlib's window and tables (zconf.h), and the piece.
  private static final long HELD = 40_000 + PIECE;

  private final Inflater inflater;
  private final byte[] piece;
  private boolean wanted = true;

  /**
   * A new stream.
   *
   * @param raw whether it lacks zlib's wrapping (RFC 1950)
   * @param piece to blow up into
   */
  Inflation(boolean raw, byte[] piece) {
    this.piece = piece;
    inflater = new Inflater(raw);
  }

  /**
   * Inflates from an offset on.
   *
   * @return the offset of the first byte that does not belong to the stream
   */
  int inflate(byte[] bytes, int offset, ContentDecoder.Sink sink) {
    inflater.setInput(bytes, offset, bytes.length - offset);
    try {
      while (wanted && !inflater.finished()) {
        int count = inflater.inflate(piece);
        if (count > 0) {
          wanted = sink.take(piece, count);
        } else if (inflater.needsDictionary()) {
          throw broken("needs a dictionary");
        } else if (inflater.needsInput()) {
          break;
        }
      }
    } catch (DataFormatException e) {
      throw broken(String.valueOf(e.getMessage()));
    }
    return bytes.length - inflater.getRemaining();
  }

  boolean finished() {
    return inflater.finished();
  }

  /** Whether the sink still takes more. */
  boolean wanted() {
    return wanted;
  }

  long held() {
    return HELD;
  }

  long produced() {
    return inflater.getBytesWritten();
  }

  /** Ready for another stream; far cheaper than a new one, for which zlib's memory is cleared. */
  void reset() {
    inflater.reset();
  }

  void close() {
    inflater.end();
  }

  static ProbeException broken(String why) {
    return ProbeException.protocol(Phase.DOWNLOAD, "the compressed body is broken: " + why);
  }

  static ProbeException endsEarly() {
    return ProbeException.protocol(Phase.DOWNLOAD, "the compressed body ends early");
  }
}
