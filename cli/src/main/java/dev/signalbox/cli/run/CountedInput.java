package dev.signalbox.cli.run;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A stream that knows how much of it was read. Any thread may ask. */
final class CountedInput extends FilterInputStream {

  private final long size;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * Counts a stream.
   *
   * @param size its bytes in all; 0 when not known
   */
  CountedInput(InputStream in, long size) {
    super(in);
    this.size = size;
  }

  long bytes() {
    return bytes.get();
  }

  long size() {
    return size;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    if (b >= 0) {
      count(1);
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int more = super.read(bytes, offset, length);
    if (more > 0) {
      count(more);
    }
    return more;
  }

  private void count(int more) {
    bytes.addAndGet(more);
  }
}
