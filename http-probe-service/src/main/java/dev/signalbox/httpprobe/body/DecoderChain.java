package dev.signalbox.httpprobe.body;

import java.util.List;

/** Several codings undone one after the other, the one applied last first. */
record DecoderChain(List<ContentDecoder> decoders) implements ContentDecoder {

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    return step(0, bytes, sink);
  }

  private boolean step(int index, byte[] bytes, Sink sink) {
    return index == decoders.size()
        ? sink.take(bytes, bytes.length)
        : decoders
            .get(index)
            .decode(
                bytes,
                (piece, length) -> step(index + 1, java.util.Arrays.copyOf(piece, length), sink));
  }

  @Override
  public void finish() {
    decoders.forEach(ContentDecoder::finish);
  }

  @Override
  public long held() {
    return decoders.stream().mapToLong(ContentDecoder::held).sum();
  }

  @Override
  public void close() {
    decoders.forEach(ContentDecoder::close);
  }
}
