package dev.signalbox.gateway.task;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into lines, keeping no more than one line that is not whole. Blank lines are skipped.
 * A line longer than allowed is thrown away up to its end and comes out without its bytes.
 */
final class LineSplitter {

  /**
   * A line that is not blank.
   *
   * @param number of the line in the input from 1, blank lines included
   * @param bytes its bytes without its end; null when it was too long to keep
   */
  record Line(long number, @Nullable Buffer bytes) {}

  private final int maxBytes;
  private Buffer pending = Buffer.buffer();
  private int from;
  private int scanned;
  private long number;
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

  /** The next line that is not blank; null when more bytes are needed, or there are no more. */
  @Nullable Line next() {
    Line line = any();
    while (line != null && line.bytes() != null && isBlank(line.bytes())) {
      line = any();
    }
    return line;
  }

  private @Nullable Line any() {
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

  private Line cut(int lineEnd, int nextFrom) {
    boolean tooLong = skipping || lineEnd - from > maxBytes;
    Line line = new Line(++number, tooLong ? null : pending.slice(from, lineEnd));
    from = nextFrom;
    scanned = nextFrom;
    skipping = false;
    return line;
  }

  private static boolean isBlank(Buffer line) {
    for (int i = 0; i < line.length(); i++) {
      byte b = line.getByte(i);
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
