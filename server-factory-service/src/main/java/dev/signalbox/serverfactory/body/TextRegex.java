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

  /** Characters times instructions, some tenths of a second. */
  private static final long MAX_WORK = 20_000_000;

  private final Pattern pattern;

  private TextRegex(Pattern pattern) {
    this.pattern = pattern;
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
    long size = RegexSize.of(expression);
    if (size > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException(
          "must not repeat so much: written out it has more than "
              + MAX_INSTRUCTIONS
              + " instructions");
    }
    budget.takeInstructions(size);
    try {
      return new TextRegex(Pattern.compile(expression, ignoreCase ? Pattern.CASE_INSENSITIVE : 0));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("must be " + rule(expression, e), e);
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

  /** Whether the expression matches somewhere in a text. */
  public boolean find(String text) throws MatchBoundException {
    if (work(text) > MAX_WORK) {
      throw new MatchBoundException(
          "the text of " + text.length() + " characters is too long for the regular expression");
    }
    return pattern.matcher(text).find();
  }

  /** What a match costs at most: characters times instructions. */
  long work(String text) {
    return (long) text.length() * pattern.programSize();
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }
}
