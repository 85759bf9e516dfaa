package dev.signalbox.contracts.ping;

/**
 * Round-trip times in one byte, as results of the census carry them: 0 for no answer, and codes of
 * 1 to 255 that are 5 % apart, from 0.1 ms to 24 s. Code {@code c} stands for {@code 0.1 ms ×
 * 1.05^(c - 1)}.
 */
public final class RttCode {

  /** No answer. */
  public static final int NONE = 0;

  private static final int MAX = 255;
  private static final double FIRST_MS = 0.1;
  private static final double STEP = 1.05;

  private RttCode() {}

  /**
   * The code nearest to a round-trip time.
   *
   * @param nanos at least 0; what is shorter than 0.1 ms or longer than 24 s has the first or last
   *     code
   * @return 1 to 255
   */
  public static int of(long nanos) {
    double steps = Math.log(nanos / 1_000_000.0 / FIRST_MS) / Math.log(STEP);
    return (int) Math.clamp(1 + Math.round(steps), 1L, MAX);
  }

  /**
   * The round-trip time that a code stands for.
   *
   * @param code 1 to 255
   */
  public static double millis(int code) {
    return FIRST_MS * Math.pow(STEP, code - 1);
  }
}
