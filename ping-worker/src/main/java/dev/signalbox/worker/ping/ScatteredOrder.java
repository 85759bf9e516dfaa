package dev.signalbox.worker.ping;

import java.util.random.RandomGenerator;

/**
 * The positions 0 to 65,535 of a block, each once, in an order that scatters the load over its
 * networks. It walks the multiplicative group of integers modulo the prime 65,537, as ZMap does
 * (Durumeric et al., 2013), so that one number says how far it is. Generators of the group are its
 * non-squares, for its order is a power of two.
 */
final class ScatteredOrder {

  /** Positions of a block. */
  static final int SIZE = 65_536;

  private static final int PRIME = 65_537;
  private static final int A_GENERATOR = 3;

  private final int generator;
  private final int start;
  private long element;
  private int taken;

  /**
   * Continues an order.
   *
   * @param generator a non-square modulo 65,537
   * @param start 1 to 65,536
   * @param taken how many positions have been taken, 0 to 65,536
   */
  ScatteredOrder(int generator, int start, int taken) {
    if (!isGenerator(generator) || start < 1 || start > SIZE || taken < 0 || taken > SIZE) {
      throw new IllegalArgumentException(
          "not an order: generator " + generator + ", start " + start + ", taken " + taken);
    }
    this.generator = generator;
    this.start = start;
    this.taken = taken;
    this.element = start * power(generator, taken) % PRIME;
  }

  /** An order of its own. */
  static ScatteredOrder random(RandomGenerator random) {
    int generator = (int) power(A_GENERATOR, 2 * random.nextInt(SIZE / 2) + 1);
    return new ScatteredOrder(generator, 1 + random.nextInt(SIZE), 0);
  }

  private static boolean isGenerator(int number) {
    return number > 1 && number < PRIME && power(number, SIZE / 2) == PRIME - 1;
  }

  private static long power(long base, int exponent) {
    long result = 1;
    long square = base;
    for (int left = exponent; left > 0; left >>= 1) {
      if ((left & 1) == 1) {
        result = result * square % PRIME;
      }
      square = square * square % PRIME;
    }
    return result;
  }

  boolean hasNext() {
    return taken < SIZE;
  }

  /** The next position. */
  int next() {
    int position = (int) element - 1;
    element = element * generator % PRIME;
    taken++;
    return position;
  }

  int taken() {
    return taken;
  }

  int generator() {
    return generator;
  }

  int start() {
    return start;
  }
}
