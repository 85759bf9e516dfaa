package dev.signalbox.httpprobe.body;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Content-Encoding zstd (RFC 8878), any number of frames. */
final class ZstdDecoder implements ContentDecoder {

  private static final int PIECE = 8_192;
  // RFC 9659: over HTTP a window is at most 8 MiB.
  private static final int LARGEST_WINDOW_LOG = 23;
  private static final long CONTEXT = 160_000;

  private final byte[] piece = new byte[PIECE];
  private @Nullable ZstdDecompressCtx context;
  private boolean whole;
  private long produced;

  @Override
  public boolean decode(byte[] bytes, Sink sink) {
    ZstdDecompressCtx stream = context();
    ByteBuffer input = ByteBuffer.wrap(bytes);
    ByteBuffer output = ByteBuffer.wrap(piece);
    try {
      // A full output may have left something inside, even when all input is used.
      while (input.hasRemaining() || (!output.hasRemaining() && !whole)) {
        output.clear();
        whole = stream.decompressByteBufferStream(output, input);
        int count = output.position();
        produced += count;
        if (count > 0 && !sink.take(piece, count)) {
          return false;
        }
      }
      return true;
    } catch (ZstdException notZstd) {
      throw Inflation.broken(String.valueOf(notZstd.getMessage()));
    }
  }

  @Override
  public void finish() {
    if (context != null && !whole) {
      throw Inflation.endsEarly();
    }
  }

  @Override
  public long held() {
    return context == null ? 0 : CONTEXT + Math.min(produced, 1L << LARGEST_WINDOW_LOG);
  }

  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }

  private ZstdDecompressCtx context() {
    ZstdDecompressCtx known = context;
    if (known == null) {
      known = new ZstdDecompressCtx().setLongMax(LARGEST_WINDOW_LOG);
      context = known;
    }
    return known;
  }
}
