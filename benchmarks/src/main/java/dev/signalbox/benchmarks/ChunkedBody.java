package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;

/** A chunked body (RFC 9112, 7.1). */
final class ChunkedBody extends InputStream {

  private final InputStream in;
  private int left;
  private boolean ended;

  ChunkedBody(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0 && !ended) {
      left = Integer.parseInt(HttpHead.line(in), 16);
      ended = left == 0;
    }
    if (ended) {
      return -1;
    }
    int some = in.read(bytes, offset, Math.min(length, left));
    if (some < 0) {
      return -1;
    }
    left -= some;
    if (left == 0) {
      HttpHead.line(in);
    }
    return some;
  }
}
