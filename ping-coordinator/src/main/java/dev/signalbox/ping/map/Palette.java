package dev.signalbox.ping.map;

import dev.signalbox.contracts.ping.MapTheme;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;

/**
 * The colours of the map: one for each state without a result, one for "no answers", and the
 * viridis ramp, perceptually even and safe for the colour-blind, for the share that answered. Many
 * answers lie furthest from the page's colour: the ramp of light pages is turned round. Greys from
 * the page's colour to that of its text are for the letters of posters.
 */
final class Palette {

  /** The entry of a block that is done and of which no address answered. */
  static final int NOBODY = 5;

  /** The first entry of the ramp. */
  static final int RAMP = 6;

  /** Entries of the ramp. */
  static final int LEVELS = 234;

  /** The first grey, the page's colour. */
  static final int PAPER = RAMP + LEVELS;

  /** The last grey, the colour of text. */
  static final int INK = 255;

  private static final int SIZE = 256;

  private static final int[] VIRIDIS = {
    0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B,
    0xFDE725
  };

  /** Available, in progress, nothing (done has the ramp), error, outside the census, no answers. */
  private static final int[] LIGHT = {0xE4E1D6, 0xF2A0C4, 0xE4E1D6, 0xC2362B, 0xC3C0B8, 0xFFFFFF};

  private static final int[] DARK = {0x2B3338, 0xC65D96, 0x2B3338, 0xFF6F61, 0x454D52, 0x07090A};

  private static final IndexColorModel LIGHT_MODEL = model(LIGHT, true, 0xFFFEFB, 0x1C2126);
  private static final IndexColorModel DARK_MODEL = model(DARK, false, 0x171D20, 0xE9EBEA);

  private Palette() {}

  static IndexColorModel of(MapTheme theme) {
    return switch (theme) {
      case LIGHT -> LIGHT_MODEL;
      case DARK -> DARK_MODEL;
    };
  }

  /** The entry of a block without a result. */
  static int state(int status) {
    return status;
  }

  /** The entry of a share. The root makes room for small ones: most networks answer little. */
  static int density(int answered, int addresses) {
    return answered == 0
        ? NOBODY
        : RAMP
            + (int)
                Math.round((LEVELS - 1) * Math.sqrt(Math.min(1.0, (double) answered / addresses)));
  }

  private static IndexColorModel model(int[] states, boolean turned, int paper, int ink) {
    int[] colours = new int[SIZE];
    System.arraycopy(states, 0, colours, 0, RAMP);
    for (int level = 0; level < LEVELS; level++) {
      double share = (double) level / (LEVELS - 1);
      colours[RAMP + level] = ramp(turned ? 1 - share : share);
    }
    for (int grey = PAPER; grey <= INK; grey++) {
      colours[grey] = between(paper, ink, (double) (grey - PAPER) / (INK - PAPER));
    }
    return new IndexColorModel(8, SIZE, colours, 0, false, -1, DataBuffer.TYPE_BYTE);
  }

  private static int ramp(double at) {
    double place = at * (VIRIDIS.length - 1);
    int from = Math.min((int) place, VIRIDIS.length - 2);
    return between(VIRIDIS[from], VIRIDIS[from + 1], place - from);
  }

  private static int between(int from, int to, double part) {
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = (from >> shift) & 0xFF;
      int b = (to >> shift) & 0xFF;
      colour |= (int) Math.round(a + (b - a) * part) << shift;
    }
    return colour;
  }
}
