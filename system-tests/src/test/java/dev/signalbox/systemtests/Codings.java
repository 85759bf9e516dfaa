package dev.signalbox.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Content codings of bodies. */
final class Codings {

  private static final int PIECE = 1 << 20;

  private Codings() {}

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return coded.toByteArray();
  }

  /** A thousand MiB of blanks, in less than a MiB. */
  static byte[] gzipBomb() {
    return Bomb.BYTES.clone();
  }

  private static final class Bomb {
    static final byte[] BYTES = bomb();
  }

  private static byte[] bomb() {
    ByteArrayOutputStream coded = new ByteArrayOutputStream();
    byte[] piece = " ".repeat(PIECE).getBytes(StandardCharsets.US_ASCII);
    try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
      for (int i = 0; i < 1_000; i++) {
        gzip.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return coded.toByteArray();
  }

  /** One frame with one block as it is (RFC 8878), for at most 255 bytes. */
  static byte[] zstd(byte[] plain) {
    if (plain.length > 255) {
      throw new IllegalArgumentException("too long for a frame whose size is one byte");
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd});
    // A single segment, its size in one byte, neither checksum nor dictionary.
    frame.write(0x20);
    frame.write(plain.length);
    // The last block, raw: three bytes, little-endian.
    int header = plain.length << 3 | 1;
    frame.write(header);
    frame.write(header >> 8);
    frame.write(0);
    frame.writeBytes(plain);
    return frame.toByteArray();
  }
}
