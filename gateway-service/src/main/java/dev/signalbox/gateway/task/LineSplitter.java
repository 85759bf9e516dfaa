package dev.signalbox.gateway.task;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into lines, keeping no more than one line that is not whole. A line longer than
 * allowed is thrown away up to its end and comes out as one that {@link #isTooLong}.
 */
final class LineSplitter {

  private static final Buffer TOO_LONG = Buffer.buffer("too long");

  private final int maxBytes;
  private Buffer pending = Buffer.buffer();
  private int from;
  private int scanned;
  private boolean skipping;
  private boolean ended;

  LineSplitter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(Buffer bytes) {
    pending =
        from == pending.length()
            ? bytes
            : Buffer.buffer(pending.length() - from + bytes.length())
                .appendBuffer(pending.slice(from, pending.length()))
                .appendBuffer(bytes);
    scanned -= from;
    if (scanned < 0) {
      scanned = 0;
    }
    from = 0;
  }

  /** No more bytes: what is left is the last line. */
  void end() {
    ended = true;
  }

  /** The next line without its end; null when more bytes are needed, or there are no more. */
  @Nullable Buffer next() {
    int length = pending.length();
    while (scanned < length) {
      if (pending.getByte(scanned++) == '\n') {
        return cut(scanned - 1, scanned);
      }
    }
    if (ended && (from < length || skipping)) {
      return cut(length, length);
    }
    if (length - from > maxBytes) {
      skipping = true;
      from = length;
    }
    return null;
  }

  /** Whether a line stands for one that was too long to keep. */
  @SuppressWarnings("ReferenceEquality") // A client may send the same words.
  static boolean isTooLong(Buffer line) {
    return line == TOO_LONG;
  }

  private Buffer cut(int lineEnd, int nextFrom) {
    Buffer line = pending.slice(from, lineEnd);
    from = nextFrom;
    scanned = nextFrom;
    if (skipping || line.length() > maxBytes) {
      skipping = false;
      return TOO_LONG;
    }
    return line;
  }
}
