package dev.signalbox.httpprobe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.Locale;
import java.util.function.Predicate;

/** Undoes a Content-Encoding piece by piece, so that a small body cannot become a large heap. */
sealed interface ContentDecoder {

  /** The encodings that can be undone, for Accept-Encoding. */
  String ACCEPTED = "gzip, deflate";

  /**
   * Decodes what arrived.
   *
   * @param sink takes the pieces and says whether it wants more; pieces are released afterwards
   * @return what the sink said last
   */
  boolean decode(ByteBuf bytes, Predicate<ByteBuf> sink);

  /** Nothing more will arrive. */
  void finish();

  /** Frees what is held. */
  void close();

  /** For a Content-Encoding header; bytes in an encoding never asked for are left as they are. */
  static ContentDecoder of(String contentEncoding) {
    return switch (contentEncoding.trim().toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> new Zlib(new JdkZlibDecoder(true, 0));
      case "deflate" -> new Zlib(new JdkZlibDecoder(ZlibWrapper.ZLIB_OR_NONE, 0));
      default -> new Identity();
    };
  }

  /** No encoding. */
  record Identity() implements ContentDecoder {

    @Override
    public boolean decode(ByteBuf bytes, Predicate<ByteBuf> sink) {
      return sink.test(bytes);
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }

  /** Deflate, with or without gzip's wrapping. */
  final class Zlib implements ContentDecoder {

    // Deflate grows data at most 1,032-fold, so one slice becomes half a megabyte at worst.
    private static final int SLICE = 512;

    private final ZlibDecoder zlib;
    private final EmbeddedChannel channel;
    private boolean any;

    Zlib(ZlibDecoder zlib) {
      this.zlib = zlib;
      this.channel = new EmbeddedChannel(zlib);
    }

    @Override
    public boolean decode(ByteBuf bytes, Predicate<ByteBuf> sink) {
      while (bytes.isReadable()) {
        any = true;
        try {
          channel.writeInbound(bytes.readRetainedSlice(Math.min(SLICE, bytes.readableBytes())));
        } catch (DecoderException broken) {
          throw ProbeException.protocol(
              Phase.DOWNLOAD, "the compressed body is broken: " + broken.getMessage());
        }
        for (ByteBuf piece = channel.readInbound(); piece != null; piece = channel.readInbound()) {
          try {
            if (!sink.test(piece)) {
              return false;
            }
          } finally {
            piece.release();
          }
        }
      }
      return true;
    }

    @Override
    public void finish() {
      if (any && !zlib.isClosed()) {
        throw ProbeException.protocol(Phase.DOWNLOAD, "the compressed body ends early");
      }
    }

    @Override
    public void close() {
      try {
        channel.finishAndReleaseAll();
      } catch (DecoderException unfinished) {
        // Whoever cared has asked finish(); all that matters here is that buffers are free.
        channel.releaseInbound();
      }
    }
  }
}
