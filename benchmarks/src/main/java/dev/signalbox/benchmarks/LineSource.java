package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of a stream, read in large pieces but never more than one ahead. */
final class LineSource {

  private final InputStream in;
  private final byte[] piece = new byte[1 << 16];
  private int at;
  private int end;

  LineSource(InputStream in) {
    this.in = in;
  }

  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (true) {
      if (at == end) {
        at = 0;
        end = Math.max(0, in.read(piece));
        if (end == 0) {
          return null;
        }
      }
      int from = at;
      while (at < end && piece[at] != '\n') {
        at++;
      }
      line.write(piece, from, at - from);
      if (at < end) {
        at++;
        return line.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
