package dev.signalbox.httpprobe.body;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import dev.signalbox.httpprobe.phase.ProbeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Content-Encoding br (RFC 7932). */
final class BrotliDecoder implements ContentDecoder {

  private static final int PIECE = 8_192;
  // RFC 7932, 9.1: the largest window; larger ones are another format.
  private static final long WINDOW = 1 << 24;

  private final byte[] piece = new byte[PIECE];
  private DecoderJNI.@Nullable Wrapper stream;
  private long produced;

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    DecoderJNI.Wrapper decoder = stream();
    int offset = 0;
    boolean pulled = false;
    while (true) {
      switch (decoder.getStatus()) {
        case OK -> decoder.push(0);
        case NEEDS_MORE_OUTPUT -> {
          if (!pass(decoder, sink)) {
            return false;
          }
          pulled = true;
        }
        case NEEDS_MORE_INPUT -> {
          // Taken before more is pushed, for that may overwrite it.
          if (decoder.hasOutput()) {
            if (!pass(decoder, sink)) {
              return false;
            }
            pulled = true;
          } else if (offset == bytes.length && pulled) {
            // All input is taken, but decoding stopped where the window was full, and goes on now.
            pulled = false;
            decoder.push(0);
          } else if (offset == bytes.length) {
            return true;
          } else {
            ByteBuffer input = decoder.getInputBuffer();
            int count = Math.min(input.clear().remaining(), bytes.length - offset);
            input.put(bytes, offset, count);
            offset += count;
            decoder.push(count);
          }
        }
        case DONE -> {
          if (offset < bytes.length) {
            throw Inflation.broken("bytes follow its end");
          }
          return true;
        }
        case ERROR -> throw Inflation.broken("it is no brotli stream");
      }
    }
  }

  @Override
  public void finish() {
    // No byte at all is an empty body.
    if (stream != null && stream.getStatus() != DecoderJNI.Status.DONE) {
      throw Inflation.endsEarly();
    }
  }

  @Override
  public long held() {
    // The library takes the window's address space at once, but its pages only as they are filled.
    return stream == null ? 0 : Math.min(produced, WINDOW) + 4L * PIECE;
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.destroy();
      stream = null;
    }
  }

  private boolean pass(DecoderJNI.Wrapper decoder, Sink sink) {
    ByteBuffer output = decoder.pull();
    while (output.hasRemaining()) {
      int count = Math.min(output.remaining(), PIECE);
      output.get(piece, 0, count);
      produced += count;
      if (!sink.take(piece, count)) {
        return false;
      }
    }
    return true;
  }

  private DecoderJNI.Wrapper stream() {
    DecoderJNI.Wrapper known = stream;
    if (known == null) {
      try {
        known = new DecoderJNI.Wrapper(PIECE);
      } catch (IOException noMemory) {
        throw ProbeException.overloaded("there is no memory to undo brotli");
      }
      stream = known;
    }
    return known;
  }
}
