package dev.signalbox.serverfactory.body;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many instructions a regular expression has once its counted repetitions are written out, and
 * how deep it nests: at least as many and as deep as it will be, for an expression that is valid.
 */
final class RegexSize {

  private static final long ENOUGH = Integer.MAX_VALUE;

  /** What follows the bracket that opens flags for the rest of a group. */
  private static final Pattern FLAGS = Pattern.compile("\\?[A-Za-z-]*\\)");

  /** What follows the bracket of a group with a name, and that of one that captures nothing. */
  private static final Pattern NAME = Pattern.compile("\\?P?<[^>]*>");

  private static final Pattern NO_CAPTURE = Pattern.compile("\\?[A-Za-z-]*:");

  /** Where a group begins and where it ends. */
  private static final long CAPTURE = 2;

  /** An alternative without an atom is an instruction too. */
  private static final long EMPTY = 1;

  private final String expression;
  private final Deque<Long> outer = new ArrayDeque<>();
  private final Deque<Branches> outerBranches = new ArrayDeque<>();
  private Branches branches = new Branches(false);
  private int at;
  private long group;
  private long atom;

  /** Behind the last operator: a question mark there makes it lazy. */
  private int operatorEnd = -1;

  /** The alternatives of a group that were read so far. */
  private static final class Branches {

    private final boolean captures;
    private @Nullable RegexShape others;
    private RegexShape sequence = RegexShape.EMPTY;
    private RegexShape atom = RegexShape.EMPTY;
    private int atoms;

    Branches(boolean captures) {
      this.captures = captures;
    }

    void next(RegexShape shape) {
      sequence = sequence.then(atom);
      atom = shape;
      atoms++;
    }

    void endBranch() {
      RegexShape branch = sequence.then(atom).deeper(atoms > 1 ? 1 : 0);
      others = others == null ? branch.deeper(1) : others.or(branch.deeper(1));
      sequence = RegexShape.EMPTY;
      atom = RegexShape.EMPTY;
      atoms = 0;
    }

    RegexShape end() {
      if (others == null) {
        RegexShape all = sequence.then(atom).deeper(atoms > 1 ? 1 : 0);
        return captures ? all.captured() : all.through() == 0 ? RegexShape.ASSERTION : all;
      }
      endBranch();
      return captures ? others.captured() : others;
    }
  }

  private RegexSize(String expression) {
    this.expression = expression;
  }

  /** What was counted. */
  record Size(long instructions, RegexShape shape) {}

  static Size of(String expression) {
    RegexSize size = new RegexSize(expression);
    long instructions = size.count();
    while (!size.outerBranches.isEmpty()) {
      size.closeBranches();
    }
    return new Size(instructions, size.branches.end());
  }

  private void closeBranches() {
    if (outerBranches.isEmpty()) {
      // A bracket too many, which is an error.
      return;
    }
    RegexShape inner = branches.end().deeper(1);
    branches = outerBranches.pop();
    branches.next(inner);
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
          closeBranches();
        }
        case '{' -> repetition();
        // Any number of what may be empty is one or more of it, or none.
        case '*' -> {
          atom += 2;
          operator(branches.atom.anyTimes());
        }
        case '+' -> {
          atom++;
          operator(branches.atom.onceOrMore());
        }
        case '?' -> {
          atom++;
          operator(at - 1 == operatorEnd ? branches.atom : branches.atom.optional());
        }
        case '|' -> {
          atom += 1 + EMPTY;
          branches.endBranch();
        }
        case '^', '$' -> next(RegexShape.ASSERTION);
        default -> next(RegexShape.CHARACTER);
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
  private void next(RegexShape shape) {
    group += atom;
    atom = 1;
    branches.next(shape);
  }

  private void operator(RegexShape shape) {
    branches.atom = shape;
    operatorEnd = at;
  }

  /** Flags are no atom: a repetition that follows them repeats what is before them. */
  private void open() {
    var flags = FLAGS.matcher(expression).region(at, expression.length());
    if (flags.lookingAt()) {
      at = flags.end();
      return;
    }
    var name = NAME.matcher(expression).region(at, expression.length());
    var noCapture = NO_CAPTURE.matcher(expression).region(at, expression.length());
    boolean captures = !noCapture.lookingAt();
    if (!captures) {
      at = noCapture.end();
    } else if (name.lookingAt()) {
      at = name.end();
    }
    outerBranches.push(branches);
    branches = new Branches(captures);
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
    boolean asserts = at < expression.length() && "AbBzZ".indexOf(expression.charAt(at)) >= 0;
    next(asserts ? RegexShape.ASSERTION : RegexShape.CHARACTER);
    if (at >= expression.length()) {
      return;
    }
    char c = expression.charAt(at++);
    if (c == 'Q') {
      int end = expression.indexOf("\\E", at);
      int begin = at;
      at = end < 0 ? expression.length() : end + 2;
      group += (end < 0 ? expression.length() : end) - begin;
      branches.next(RegexShape.CHARACTER);
    } else if ((c == 'p' || c == 'P' || c == 'x') && at < expression.length()) {
      if (expression.charAt(at) == '{') {
        int end = expression.indexOf('}', at);
        at = end < 0 ? at + 1 : end + 1;
      }
    }
  }

  private void characterClass() {
    next(RegexShape.CHARACTER);
    at = endOfClass(expression, at);
  }

  /**
   * Where a class of characters ends.
   *
   * @param begin behind the bracket that opens it
   * @return behind the one that closes it; the end or beyond when none does
   */
  static int endOfClass(String expression, int begin) {
    int at = begin;
    if (expression.startsWith("^", at)) {
      at++;
    }
    if (expression.startsWith("]", at)) {
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
        return at;
      }
    }
    return at;
  }

  /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else is text. */
  private void repetition() {
    int end = expression.indexOf('}', at);
    String inside = end < 0 ? "" : expression.substring(at, end);
    if (!inside.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
      next(RegexShape.CHARACTER);
      return;
    }
    at = end + 1;
    int comma = inside.indexOf(',');
    long least = Long.parseLong(comma < 0 ? inside : inside.substring(0, comma));
    long most =
        comma < 0 || comma == inside.length() - 1
            ? least + 1
            : Long.parseLong(inside.substring(comma + 1));
    boolean open = comma == inside.length() - 1;
    operator(branches.atom.times(least, comma < 0 ? least : open ? -1 : Math.max(least, most)));
    // Each of those beyond the least has an instruction to leave at.
    atom = Math.min(ENOUGH, (atom + 1) * Math.clamp(most, 1L, ENOUGH));
  }
}
