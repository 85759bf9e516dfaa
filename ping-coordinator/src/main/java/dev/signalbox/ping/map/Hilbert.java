package dev.signalbox.ping.map;

/**
 * The Hilbert curve from the top left corner to the top right one, as on the well-known maps of
 * IPv4. The curve of order n visits 2ⁿ by 2ⁿ cells; the first 2n bits of an address are the cell's
 * place on it. Each order refines the one before, so that a prefix is one square at every order.
 */
final class Hilbert {

  private Hilbert() {}

  /** Place on the curve, from 0, of the cell in a column and a row counted from the top left. */
  static int place(int order, int column, int row) {
    int x = column;
    int y = row;
    int place = 0;
    for (int bit = order - 1; bit >= 0; bit--) {
      int right = (x >> bit) & 1;
      int down = (y >> bit) & 1;
      place = (place << 2) | ((3 * right) ^ down);
      if (down == 0) {
        int turned = right == 1 ? ~x : x;
        x = right == 1 ? ~y : y;
        y = turned;
      }
    }
    return place;
  }

  /** Column of the cell at a place. */
  static int column(int order, int place) {
    return (int) (cell(order, place) >>> 32);
  }

  /** Row of the cell at a place. */
  static int row(int order, int place) {
    return (int) cell(order, place);
  }

  private static long cell(int order, int place) {
    int x = 0;
    int y = 0;
    for (int bit = 0; bit < order; bit++) {
      int digit = place >>> (2 * bit);
      int right = (digit >> 1) & 1;
      int down = (digit ^ right) & 1;
      if (down == 0) {
        int last = (1 << bit) - 1;
        int turned = right == 1 ? last - x : x;
        x = right == 1 ? last - y : y;
        y = turned;
      }
      x |= right << bit;
      y |= down << bit;
    }
    return ((long) x << 32) | y;
  }
}
