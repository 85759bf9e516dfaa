package dev.signalbox.serverfactory.body;

/**
 * How deep RE2/J recurses for a part of a regular expression, counted before it is compiled and
 * never less than it does. It parses, simplifies and compiles level by level, and a match calls
 * itself for each instruction that reads no character until it comes to one that does.
 *
 * @param levels parts within parts, optional repetitions written out: {@code x{0,3}} is {@code
 *     (?:x(?:x(?:x)?)?)?}
 * @param through most instructions in a row, from begin to end of the part, that read nothing; -1
 *     when each way reads a character
 * @param before most of them from its begin, until a character is read or the part ends
 * @param after most of them from a character that it read to its end
 * @param within most of them anywhere in it
 */
record RegexShape(int levels, int through, int before, int after, int within) {

  static final RegexShape EMPTY = new RegexShape(0, 0, 0, 0, 0);
  static final RegexShape CHARACTER = new RegexShape(0, -1, 0, 0, 0);

  /** Such as the begin of a line; what matches nothing is an instruction too. */
  static final RegexShape ASSERTION = of(0, 1, 1, 0, 1);

  /** All larger ones are refused. */
  private static final long ENOUGH = 1_000_000;

  private static RegexShape of(long levels, long through, long before, long after, long within) {
    long begin = Math.min(ENOUGH, Math.max(before, through));
    long end = Math.min(ENOUGH, Math.max(after, through));
    return new RegexShape(
        (int) Math.min(ENOUGH, levels),
        (int) Math.min(ENOUGH, through),
        (int) begin,
        (int) end,
        (int) Math.min(ENOUGH, Math.max(within, Math.max(begin, end))));
  }

  private boolean mayBeEmpty() {
    return through >= 0;
  }

  /** This, then another. */
  RegexShape then(RegexShape next) {
    return of(
        Math.max(levels, next.levels),
        mayBeEmpty() && next.mayBeEmpty() ? through + next.through : -1,
        mayBeEmpty() ? Math.max(before, through + next.before) : before,
        next.mayBeEmpty() ? Math.max(next.after, after + next.through) : next.after,
        Math.max(Math.max(within, next.within), after + next.before));
  }

  /** This or another, of a list of alternatives. */
  RegexShape or(RegexShape other) {
    int either = Math.max(through, other.through);
    return of(
        Math.max(levels, other.levels),
        either < 0 ? -1 : 1 + Math.max(1, either),
        1L + Math.max(before, other.before),
        Math.max(after, other.after),
        Math.max(within, other.within));
  }

  RegexShape deeper(int more) {
    return of((long) levels + more, through, before, after, within);
  }

  RegexShape captured() {
    return of(levels, mayBeEmpty() ? through + 2 : -1, before + 1L, after + 1L, within);
  }

  RegexShape optional() {
    return optional(1);
  }

  /** This up to so often, each but the first within the one before. */
  private RegexShape optional(long times) {
    long others = mayBeEmpty() ? (times - 1) * (1L + through) : 0;
    return of(
        levels + 2 * times,
        mayBeEmpty() ? times * (1L + through) : 1,
        others + 1 + before,
        others + 1 + after,
        Math.max(within, after + others + 1 + before));
  }

  RegexShape onceOrMore() {
    return of(
        levels + 1L,
        mayBeEmpty() ? through + 1L : -1,
        before,
        after + 1L,
        Math.max(within, after + 1L + before));
  }

  /** RE2/J writes it as {@code (?:x+)?} when it may be empty. */
  RegexShape anyTimes() {
    return onceOrMore().optional();
  }

  /**
   * This so often.
   *
   * @param most less than none for any number
   */
  RegexShape times(long least, long most) {
    if (most == 0) {
      return ASSERTION;
    }
    RegexShape needed = least == 0 ? EMPTY : exactly(most < 0 ? least - 1 : least);
    if (most < 0) {
      return needed.then(least == 0 ? anyTimes() : onceOrMore()).deeper(1);
    }
    return (most <= least ? needed : needed.then(optional(most - least))).deeper(1);
  }

  private RegexShape exactly(long times) {
    if (times == 0) {
      return EMPTY;
    }
    long others = mayBeEmpty() ? (times - 1) * through : 0;
    return of(
        levels,
        mayBeEmpty() ? times * through : -1,
        others + before,
        others + after,
        times == 1 ? within : Math.max(within, after + others + before));
  }
}
