package dev.signalbox.serverfactory.body;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.signalbox.platform.json.FieldProblems;
import java.util.Locale;

/**
 * A regular expression of RE2: the time of a match grows with the length of the text alone,
 * whatever the expression. The product of both is bounded too, so that a long text under a large
 * expression does not hold up an event loop. Safe for any number of threads.
 */
public final class TextRegex {

  private static final int MAX_LENGTH = 2_000;

  /** Instructions of the compiled expression: {@code a{1000}} has a thousand. */
  private static final int MAX_INSTRUCTIONS = 5_000;

  /**
   * Levels of groups and operators, for each of which RE2/J calls itself. On a stack of 512 KB,
   * which threads have here, it ends at about 1,900.
   */
  private static final int MAX_LEVELS = 1_100;

  /**
   * Instructions in a row that read no character; a match calls itself for each. A stack of 512 KB
   * has room for 2,500 of them, of which event loops have used some by then.
   */
  private static final int MAX_EMPTY = 1_000;

  private final Pattern pattern;
  private final RegexLiterals literals;

  private TextRegex(Pattern pattern, RegexLiterals literals) {
    this.pattern = pattern;
    this.literals = literals;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException when it is none of RE2's, or too large; the message begins
   *     with "must"
   */
  public static TextRegex compile(String expression, boolean ignoreCase) {
    return compile(expression, ignoreCase, new CompileBudget());
  }

  /** Reads one of several expressions, which share a budget. */
  public static TextRegex compile(String expression, boolean ignoreCase, CompileBudget budget) {
    if (expression.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("must be at most " + MAX_LENGTH + " characters");
    }
    // Before compiling: RE2 writes repetitions out, and nested ones multiply.
    RegexSize.Size size = RegexSize.of(expression);
    if (size.instructions() > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException(
          "must not repeat so much: written out it has more than "
              + MAX_INSTRUCTIONS
              + " instructions");
    }
    if (size.shape().levels() > MAX_LEVELS) {
      throw new IllegalArgumentException(
          "must not nest so deep: written out it has more than "
              + MAX_LEVELS
              + " levels, two for each optional repetition");
    }
    if (size.shape().within() > MAX_EMPTY) {
      throw new IllegalArgumentException(
          "must not have more than " + MAX_EMPTY + " parts in a row that may be empty");
    }
    budget.takeInstructions(size.instructions());
    try {
      return new TextRegex(
          Pattern.compile(expression, ignoreCase ? Pattern.CASE_INSENSITIVE : 0),
          ignoreCase ? RegexLiterals.NONE : RegexLiterals.of(expression));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("must be " + rule(expression, e), e);
    } catch (StackOverflowError deep) {
      // Counted for the stacks of this process; one that is half used has less.
      throw new IllegalArgumentException("must not nest so deep", deep);
    }
  }

  private static String rule(String expression, PatternSyntaxException e) {
    String what = "a regular expression of RE2";
    for (String lookAround : new String[] {"(?=", "(?!", "(?<=", "(?<!"}) {
      if (expression.contains(lookAround)) {
        return what + ", which has no look-ahead and look-behind: " + lookAround;
      }
    }
    if (expression.matches("(?s).*\\\\[1-9].*")) {
      return what + ", which has no back references: " + e.getDescription();
    }
    // The library's own name for a parenthesis too many.
    boolean underflow = e.getDescription().contains("internal error");
    String description =
        underflow
            ? "unexpected ) in " + expression
            : e.getDescription().toLowerCase(Locale.ROOT) + " in " + e.getPattern();
    return what + ": " + FieldProblems.shortened(description);
  }

  /**
   * Whether the expression matches somewhere in a text.
   *
   * @throws MatchBoundException when the budget does not allow to look
   */
  public boolean find(String text, MatchBudget budget) throws MatchBoundException {
    if (!mayBeFound(text, budget)) {
      return false;
    }
    long work = work(text);
    if (work > MatchBudget.MAX_WORK) {
      // Whatever was done before; the text alone is too long.
      budget.tryTake(work);
      throw tooLong(text);
    }
    budget.take(work);
    return search(text);
  }

  /**
   * Whether a text has what each match has literally. RE2/J leaves most of a thousand expressions
   * of paths after a few characters; none of them is to cost what it would cost to the end.
   */
  boolean mayBeFound(String text, MatchBudget budget) throws MatchBoundException {
    if (!literals.areSoughtIn(text)) {
      return true;
    }
    budget.takeCharacters(text.length());
    return literals.areIn(text);
  }

  /** As {@link #find}, for whoever counts the work. */
  boolean search(String text) throws MatchBoundException {
    try {
      return pattern.matcher(text).find();
    } catch (StackOverflowError deep) {
      throw new MatchBoundException("the regular expression nests too deep to be matched");
    }
  }

  private static MatchBoundException tooLong(String text) {
    return new MatchBoundException(
        "the text of " + text.length() + " characters is too long for the regular expression");
  }

  /** What a match costs at most: characters times instructions. */
  long work(String text) {
    return (text.length() + 1L) * pattern.programSize();
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }
}
