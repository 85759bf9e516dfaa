package dev.signalbox.serverfactory.body;

/**
 * What comparing one request with the routes of a server may cost in all. A regular expression, a
 * JSON path and a schema each have a bound of their own, but a definition has thousands of them and
 * a body hundreds of thousands of values; all comparisons of a request take from one budget. Used
 * by one thread.
 */
public final class MatchBudget {

  /**
   * Units of work: a character under one instruction of a regular expression, or a value that a
   * JSON path leads to. Measured on one core of 2026, a unit of the slowest expressions (hundreds
   * of optional parts) takes 20 ns and one of usual expressions 4 to 10 ns, so that all of them
   * hold up an event loop for 80 ms at most. A body of 400 KB under a word of eight letters is
   * within.
   */
  public static final long MAX_WORK = 4_000_000;

  /** Characters that are compared, copied or searched in the time of a unit. */
  static final int CHARACTERS_OF_A_UNIT = 16;

  private long spent;

  /**
   * Takes work from what is left, before it is done.
   *
   * @throws MatchBoundException when that much is not left; then nothing is
   */
  public void take(long work) throws MatchBoundException {
    if (!tryTake(work)) {
      throw new MatchBoundException(
          "the conditions on it need more than " + MAX_WORK + " steps in all");
    }
  }

  /** As {@link #take}, for reading a text once. */
  public void takeCharacters(long count) throws MatchBoundException {
    take(1 + count / CHARACTERS_OF_A_UNIT);
  }

  /** As {@link #take}, for where nothing may be thrown. */
  boolean tryTake(long work) {
    spent = work > MAX_WORK - spent ? MAX_WORK + 1 : spent + work;
    return !isSpent();
  }

  /** Whether more was asked for than there was. */
  public boolean isSpent() {
    return spent > MAX_WORK;
  }
}
