package dev.signalbox.httpprobe.body;

import org.jspecify.annotations.Nullable;

/**
 * Content-Encoding deflate: with zlib's wrapping, as RFC 9110 says, or without, as many send it.
 */
public final class DeflateDecoder implements ContentDecoder {

  private @Nullable Inflation inflation;
  private byte[] held = new byte[0];
  private boolean any;

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    any |= bytes.length > 0;
    byte[] input = bytes;
    Inflation stream = inflation;
    if (stream == null) {
      input = joined(held, bytes);
      if (input.length < 2) {
        held = input;
        return true;
      }
      stream = new Inflation(!wrapped(input), new byte[Inflation.PIECE]);
      inflation = stream;
    }
    int end = stream.inflate(input, 0, sink);
    if (stream.finished() && stream.wanted() && end < input.length) {
      throw Inflation.broken("bytes follow its end");
    }
    return stream.wanted();
  }

  @Override
  public void finish() {
    if (any && (inflation == null || !inflation.finished())) {
      throw Inflation.endsEarly();
    }
  }

  @Override
  public long held() {
    return inflation == null ? 0 : inflation.held();
  }

  @Override
  public void close() {
    if (inflation != null) {
      inflation.close();
    }
  }

  // RFC 1950, 2.2: method 8, and the first two bytes are a multiple of 31.
  private static boolean wrapped(byte[] bytes) {
    int first = bytes[0] & 0xff;
    return (first & 0x0f) == 8 && ((first << 8) | (bytes[1] & 0xff)) % 31 == 0;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = new byte[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
