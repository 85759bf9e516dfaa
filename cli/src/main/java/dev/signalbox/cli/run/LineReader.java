package dev.signalbox.cli.run;

import dev.signalbox.contracts.Binary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of a stream, each of bounded length. */
final class LineReader {

  /**
   * A line.
   *
   * @param number of the line in the input from 1, blank lines included
   * @param bytes its bytes without its end; none when it was too long to keep
   * @param tooLong whether it was
   */
  record Line(long number, Binary bytes, boolean tooLong) {}

  private static final int PIECE = 65_536;

  private final InputStream in;
  private final int maxBytes;
  private final byte[] piece = new byte[PIECE];
  private long number;
  private int at;
  private int end;

  LineReader(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** The next line that is not blank, without its end; null when there are no more. */
  @Nullable Line next() throws IOException {
    while (true) {
      Line line = line();
      if (line == null || line.tooLong() || !blank(line.bytes().bytes())) {
        return line;
      }
    }
  }

  private @Nullable Line line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean any = false;
    boolean tooLong = false;
    while (true) {
      if (at == end) {
        at = 0;
        end = Math.max(0, in.read(piece, 0, PIECE));
        if (end == 0) {
          return any ? whole(line, tooLong) : null;
        }
      }
      any = true;
      int from = at;
      while (at < end && piece[at] != '\n') {
        at++;
      }
      tooLong |= line.size() + at - from > maxBytes;
      if (!tooLong) {
        line.write(piece, from, at - from);
      }
      if (at < end) {
        at++;
        return whole(line, tooLong);
      }
    }
  }

  private Line whole(ByteArrayOutputStream line, boolean tooLong) {
    return new Line(++number, tooLong ? Binary.empty() : new Binary(line.toByteArray()), tooLong);
  }

  private static boolean blank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
