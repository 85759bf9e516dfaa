package dev.signalbox.ping.map;

import dev.signalbox.contracts.ping.MapTheme;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws tiles as PNG with a palette. */
final class TileRenderer {

  /** Pixels along a tile's side. */
  static final int SIZE = 256;

  private static final int SIZE_BITS = 8;
  private static final int ADDRESS_BITS = 32;
  private static final int PART_BITS = 8;
  private static final int BLOCK_BITS = 16;

  /** From this zoom on a pixel is less than a /24, and only results tell what it shows. */
  static final int FIRST_ZOOM_OF_RESULTS = 5;

  private final CensusMap map;

  TileRenderer(CensusMap map) {
    this.map = map;
  }

  /** The first /16 that a tile shows. */
  static int firstBlock(int zoom, int x, int y) {
    return Hilbert.place(zoom, x, y) << (BLOCK_BITS - 2 * zoom);
  }

  /** How many /16s a tile shows. */
  static int blocks(int zoom) {
    return 1 << (BLOCK_BITS - 2 * zoom);
  }

  /**
   * Draws a tile.
   *
   * @param results the bitmaps of the blocks it shows, by index; not looked at below {@link
   *     #FIRST_ZOOM_OF_RESULTS}
   */
  byte[] png(int zoom, int x, int y, MapTheme theme, Map<Integer, byte[]> results) {
    return png(pixels(zoom, x, y, results), theme);
  }

  /** The palette's entry of each pixel, row by row. */
  byte[] pixels(int zoom, int x, int y, Map<Integer, byte[]> results) {
    byte[] pixels = new byte[SIZE * SIZE];
    int order = zoom + SIZE_BITS;
    for (int i = 0; i < pixels.length; i++) {
      int place = Hilbert.place(order, x * SIZE + i % SIZE, y * SIZE + i / SIZE);
      pixels[i] = (byte) entry(place, ADDRESS_BITS - 2 * order, results);
    }
    return pixels;
  }

  private int entry(int place, int bits, Map<Integer, byte[]> results) {
    int block = (int) (((long) place << bits >>> BLOCK_BITS) & 0xFFFF);
    int status = map.status(block);
    if (status != CensusMap.DONE) {
      return Palette.state(status);
    }
    if (bits >= PART_BITS) {
      int parts = 1 << (bits - PART_BITS);
      return Palette.density(map.answered(place * parts, parts), 1 << bits);
    }
    byte[] bitmap = results.get(block);
    // Done a moment ago, after the results were read: the tile's version is a new one already.
    return bitmap == null
        ? Palette.state(status)
        : Palette.density(
            CensusMap.answered(bitmap, (place << bits) & 0xFFFF, 1 << bits), 1 << bits);
  }

  private static byte[] png(byte[] pixels, MapTheme theme) {
    BufferedImage image =
        new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_INDEXED, Palette.of(theme));
    byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(pixels, 0, data, 0, pixels.length);
    return png(image);
  }

  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(SIZE * SIZE / 4);
    // In memory: ImageIO's own choice would be a temporary file.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("every Java platform writes PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
