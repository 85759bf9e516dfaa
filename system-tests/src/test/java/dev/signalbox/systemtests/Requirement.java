package dev.signalbox.systemtests;

import java.time.Duration;

/**
 * What a fault may cost. Lost, doubled, altered and wrong answers, errors that do not name their
 * service and calls that do not end by their deadline may never be.
 *
 * @param text as the table says it
 * @param failures how many calls may fail
 * @param burst how many seconds calls may fail
 * @param slowest how many seconds a call may take
 * @param heal how many seconds after the end of the fault everything has to be whole
 * @param database whether this is about the database alone: then what does not need it may not
 *     fail, and the first good write has to come within a second
 * @param files whether files may fail
 */
record Requirement(
    String text,
    int failures,
    double burst,
    double slowest,
    double heal,
    boolean database,
    boolean files) {

  private static final int ANY = Integer.MAX_VALUE;

  /** Members that lost sight of each other merge some time after they could again. */
  private static final Duration UNTIL_MERGED = Duration.ofSeconds(15);

  private static final double HEAL = 5;

  static final Requirement NOTHING_FAILS =
      new Requirement("nothing fails", 0, 0, ANY, HEAL, false, false);
  static final Requirement KILLED =
      new Requirement("burst and slowest call at most 3 s", ANY, 3, 3, HEAL, false, false);
  static final Requirement HANGS =
      new Requirement("burst and slowest call at most 8 s", ANY, 8, 8, HEAL, false, false);
  static final Requirement MERGES =
      new Requirement("whole 5 s after the merge", ANY, ANY, ANY, HEAL, false, false);
  static final Requirement DATABASE =
      new Requirement(
          "first good write within 1 s; what needs no database does not fail",
          ANY,
          ANY,
          ANY,
          HEAL,
          true,
          false);
  static final Requirement DISK =
      new Requirement("nothing but uploads fails", ANY, ANY, ANY, HEAL, false, true);
  static final Requirement STARTS =
      new Requirement("whole in the end", ANY, ANY, ANY, ANY, false, false);

  /** How long everything has to stay whole before it counts. */
  Duration holds() {
    return equals(HANGS) || equals(MERGES) ? UNTIL_MERGED : Duration.ofSeconds(1);
  }

  /**
   * How much later than its deadline an answer may be at the client. When all start at once they
   * fight for the processors, and what was answered in time by the clock of a process may have
   * waited for it before.
   */
  Duration grace() {
    return Duration.ofSeconds(equals(STARTS) ? 15 : 1);
  }
}
