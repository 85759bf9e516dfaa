package dev.signalbox.worker.ping;

/**
 * Tells from round trips to something near whether the volunteer's own line is congested: when
 * three in a row take thrice as long as the best, and 100 ms more. Used by one thread.
 */
public final class LatencyWatch {

  private static final int IN_A_ROW = 3;
  private static final double TIMES = 3;
  private static final double MORE_MS = 100;

  private double best = Double.POSITIVE_INFINITY;
  private int slow;

  /**
   * Takes a round trip.
   *
   * @param millis positive infinity for one that was lost
   * @return whether the line is congested
   */
  public boolean congested(double millis) {
    best = Math.min(best, millis);
    boolean late = millis >= best * TIMES && millis >= best + MORE_MS;
    slow = late && best != Double.POSITIVE_INFINITY ? slow + 1 : 0;
    return slow >= IN_A_ROW;
  }
}
