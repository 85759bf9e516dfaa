package dev.signalbox.serverfactory.body;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * How many instructions a regular expression has once its counted repetitions are written out: at
 * least as many as there will be, for an expression that is valid.
 */
final class RegexSize {

  private static final long ENOUGH = Integer.MAX_VALUE;

  /** What follows the bracket that opens flags for the rest of a group. */
  private static final Pattern FLAGS = Pattern.compile("\\?[A-Za-z-]*\\)");

  /** Where a group begins and where it ends. */
  private static final long CAPTURE = 2;

  /** An alternative without an atom is an instruction too. */
  private static final long EMPTY = 1;

  private final String expression;
  private final Deque<Long> outer = new ArrayDeque<>();
  private int at;
  private long group;
  private long atom;

  private RegexSize(String expression) {
    this.expression = expression;
  }

  static long of(String expression) {
    return new RegexSize(expression).count();
  }

  private long count() {
    while (at < expression.length()) {
      char c = expression.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> open();
        case ')' -> {
          long inner = group + atom;
          group = outer.isEmpty() ? 0 : outer.pop();
          atom = inner;
        }
        case '{' -> repetition();
        // Any number of what may be empty is one or more of it, or none.
        case '*' -> atom += 2;
        case '+', '?' -> atom++;
        case '|' -> atom += 1 + EMPTY;
        default -> next();
      }
      group = Math.min(group, ENOUGH);
      atom = Math.min(atom, ENOUGH);
    }
    long total = group + atom;
    for (long size : outer) {
      total += size;
    }
    return Math.min(total, ENOUGH);
  }

  /** One more atom, of one instruction. */
  private void next() {
    group += atom;
    atom = 1;
  }

  /** Flags are no atom: a repetition that follows them repeats what is before them. */
  private void open() {
    var flags = FLAGS.matcher(expression).region(at, expression.length());
    if (flags.lookingAt()) {
      at = flags.end();
      return;
    }
    outer.push(group + atom);
    group = 0;
    atom = CAPTURE + EMPTY;
  }

  private void escape() {
    if (expression.startsWith("Q\\E", at)) {
      // A quote of nothing is no atom either.
      at += 3;
      return;
    }
    next();
    if (at >= expression.length()) {
      return;
    }
    char c = expression.charAt(at++);
    if (c == 'Q') {
      int end = expression.indexOf("\\E", at);
      int begin = at;
      at = end < 0 ? expression.length() : end + 2;
      group += (end < 0 ? expression.length() : end) - begin;
    } else if ((c == 'p' || c == 'P' || c == 'x') && at < expression.length()) {
      if (expression.charAt(at) == '{') {
        int end = expression.indexOf('}', at);
        at = end < 0 ? at + 1 : end + 1;
      }
    }
  }

  private void characterClass() {
    next();
    if (at < expression.length() && expression.charAt(at) == '^') {
      at++;
    }
    if (at < expression.length() && expression.charAt(at) == ']') {
      at++;
    }
    while (at < expression.length()) {
      char c = expression.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[' && at < expression.length() && expression.charAt(at) == ':') {
        int end = expression.indexOf(":]", at);
        at = end < 0 ? at : end + 2;
      } else if (c == ']') {
        return;
      }
    }
  }

  /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else is text. */
  private void repetition() {
    int end = expression.indexOf('}', at);
    String inside = end < 0 ? "" : expression.substring(at, end);
    if (!inside.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
      next();
      return;
    }
    at = end + 1;
    int comma = inside.indexOf(',');
    long least = Long.parseLong(comma < 0 ? inside : inside.substring(0, comma));
    long most =
        comma < 0 || comma == inside.length() - 1
            ? least + 1
            : Long.parseLong(inside.substring(comma + 1));
    // Each of those beyond the least has an instruction to leave at.
    atom = Math.min(ENOUGH, (atom + 1) * Math.clamp(most, 1L, ENOUGH));
  }
}
