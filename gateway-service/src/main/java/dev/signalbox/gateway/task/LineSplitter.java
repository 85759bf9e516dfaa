package dev.signalbox.gateway.task;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Splits bytes into lines and buffers at most one incomplete line. It skips blank lines and
 * discards the bytes of a line that is too long.
 */
final class LineSplitter {

  /**
   * A line that is not blank.
   *
   * @param number its number in the input from 1, blank lines included
   * @param bytes its bytes without the line break; null when it is too long
   */
  record Line(long number, @Nullable Buffer bytes) {}

  private final int maxBytes;
  private Buffer pending = Buffer.buffer();

  /** Whether {@code pending} may grow, as it is none of the pieces that came. */
  private boolean growing;

  private int from;
  private int scanned;
  private long number;
  private boolean skipping;
  private boolean ended;

  LineSplitter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Copies each byte once or twice, whatever pieces a line comes in. */
  void add(Buffer bytes) {
    int left = pending.length() - from;
    if (left == 0) {
      replace(bytes, false);
    } else if (!growing || from > left) {
      // No more than what was taken before, or than the first piece of a line.
      replace(Buffer.buffer(left + bytes.length()).appendBuffer(rest()).appendBuffer(bytes), true);
    } else {
      pending.appendBuffer(bytes);
    }
  }

  private Buffer rest() {
    return pending.slice(from, pending.length());
  }

  private void replace(Buffer by, boolean own) {
    pending = by;
    growing = own;
    scanned = Math.max(0, scanned - from);
    from = 0;
  }

  /** Ends the input: the buffered bytes are the last line. */
  void end() {
    ended = true;
  }

  /** The next line that is not blank; null when it needs more bytes or the input has ended. */
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
