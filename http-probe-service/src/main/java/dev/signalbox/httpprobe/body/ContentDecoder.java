package dev.signalbox.httpprobe.body;

import java.util.Locale;

/** Undoes a Content-Encoding piece by piece, so that a small body cannot become a large heap. */
public interface ContentDecoder {

  /** The encodings that can be undone, for Accept-Encoding. */
  String ACCEPTED = "gzip, deflate";

  /** Takes what was decoded. */
  @FunctionalInterface
  public interface Sink {

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

  /** Frees what is held. */
  void close();

  /** For a Content-Encoding header; bytes in an encoding never asked for are left as they are. */
  static ContentDecoder of(String contentEncoding) {
    return switch (contentEncoding.trim().toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> new GzipDecoder();
      case "deflate" -> new DeflateDecoder();
      default -> new Identity();
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
    public void close() {}
  }
}
