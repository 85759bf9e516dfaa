package dev.signalbox.httpprobe.body;

import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.ProbeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Undoes a Content-Encoding piece by piece, so that a small body cannot become a large heap. */
public interface ContentDecoder {

  /** Codings one upon the other; each multiplies what a few bytes can become. */
  int MOST_CODINGS = 2;

  /** Takes what was decoded. */
  @FunctionalInterface
  interface Sink {

    /**
     * Takes bytes; they are overwritten afterwards.
     *
     * @return whether more are wanted
     */
    boolean take(byte[] bytes, int length);
  }

  /**
   * Decodes what arrived.
   *
   * @return what the sink said last
   * @throws ProbeException when it is no such encoding
   */
  boolean decode(byte[] bytes, Sink sink);

  /**
   * Nothing more will arrive.
   *
   * @throws ProbeException when there should
   */
  void finish();

  /** Bytes of memory held by now, native memory included; about. */
  long held();

  /** Frees what is held; harmless when done again. */
  void close();

  /** The codings that can be undone, as Accept-Encoding says it. */
  static String accepted() {
    StringBuilder codings = new StringBuilder("gzip, deflate");
    if (NativeCodings.brotli()) {
      codings.append(", br");
    }
    if (NativeCodings.zstd()) {
      codings.append(", zstd");
    }
    return codings.toString();
  }

  /**
   * For a Content-Encoding header, which lists codings in the order they were applied (RFC 9110,
   * 8.4). What is below a coding that was never asked for is left as it is.
   *
   * @throws ProbeException when there are more to undo than {@link #MOST_CODINGS}
   */
  static ContentDecoder of(String contentEncoding) {
    String[] codings = contentEncoding.split(",", -1);
    List<BoundedDecoder> chain = new ArrayList<>();
    for (int i = codings.length - 1; i >= 0; i--) {
      String coding = codings[i].trim().toLowerCase(Locale.ROOT);
      if (coding.isEmpty() || coding.equals("identity")) {
        continue;
      }
      ContentDecoder decoder = one(coding);
      if (decoder == null) {
        break;
      }
      chain.add(new BoundedDecoder(decoder));
      if (chain.size() > MOST_CODINGS) {
        chain.forEach(BoundedDecoder::close);
        throw ProbeException.protocol(
            Phase.DOWNLOAD,
            "the body has more than " + MOST_CODINGS + " content codings; no more are undone");
      }
    }
    return chain.isEmpty() ? new Identity() : new DecoderChain(List.copyOf(chain));
  }

  private static @Nullable ContentDecoder one(String coding) {
    return switch (coding) {
      case "gzip", "x-gzip" -> new GzipDecoder();
      case "deflate" -> new DeflateDecoder();
      case "br" -> NativeCodings.brotli() ? new BrotliDecoder() : null;
      case "zstd" -> NativeCodings.zstd() ? new ZstdDecoder() : null;
      default -> null;
    };
  }

  /** No encoding. */
  record Identity() implements ContentDecoder {

    @Override
    public boolean decode(byte[] bytes, Sink sink) {
      return sink.take(bytes, bytes.length);
    }

    @Override
    public void finish() {}

    @Override
    public long held() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
