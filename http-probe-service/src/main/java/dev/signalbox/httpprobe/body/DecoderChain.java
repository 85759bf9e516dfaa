package dev.signalbox.httpprobe.body;

import java.util.Arrays;
import java.util.List;

/** Codings undone one after the other, the one applied last first, each within its bounds. */
record DecoderChain(List<BoundedDecoder> decoders) implements ContentDecoder {

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    return step(0, bytes, sink);
  }

  private boolean step(int index, byte[] bytes, Sink sink) {
    BoundedDecoder decoder = decoders.get(index);
    return index == decoders.size() - 1
        ? decoder.decode(bytes, sink)
        : decoder.decode(
            bytes, (piece, length) -> step(index + 1, Arrays.copyOf(piece, length), sink));
  }

  @Override
  public void finish() {
    decoders.forEach(BoundedDecoder::finish);
  }

  @Override
  public long held() {
    return decoders.stream().mapToLong(BoundedDecoder::held).sum();
  }

  @Override
  public void close() {
    decoders.forEach(BoundedDecoder::close);
  }
}
