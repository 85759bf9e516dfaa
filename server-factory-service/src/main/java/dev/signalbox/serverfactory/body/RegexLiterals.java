package dev.signalbox.serverfactory.body;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Texts that each match of a regular expression has in it, one after the other: {@code /a/} and
 * {@code /b} of {@code ^/a/[0-9]+/b(c|d)*$}. They may be fewer than there are, never more.
 */
final class RegexLiterals {

  static final RegexLiterals NONE = new RegexLiterals(List.of());

  /** Groups in one another that are looked into. */
  private static final int MAX_LEVELS = 50;

  private static final Pattern REPETITION = Pattern.compile("\\{[0-9]+(,[0-9]*)?\\}");

  /** What opens a group within which letters mean what they mean outside. */
  private static final Pattern PLAIN_GROUP = Pattern.compile("\\((?:\\?:|\\?P?<[^>]*>|(?!\\?))");

  /** Flags for the rest of a group, and quotes, which a repetition behind them passes over. */
  private static final Pattern NO_ATOM = Pattern.compile("\\(\\?[A-Za-z-]*\\)|\\\\Q");

  private final List<String> texts;
  private final int characters;

  private RegexLiterals(List<String> texts) {
    this.texts = List.copyOf(texts);
    this.characters = texts.stream().mapToInt(String::length).sum();
  }

  /** Those of an expression that RE2/J takes. */
  static RegexLiterals of(String expression) {
    if (NO_ATOM.matcher(expression).find()) {
      return NONE;
    }
    Reader reader = new Reader(expression);
    List<String> texts = reader.alternatives(0);
    return !reader.isDone() ? NONE : new RegexLiterals(texts);
  }

  /** Whether looking for them is worth it: not for long texts, in which it may take longer. */
  boolean areSoughtIn(String text) {
    return characters > 0 && (long) text.length() * characters <= TextSearch.SMALL;
  }

  /** Whether a text has all of them, in their order. */
  boolean areIn(String text) {
    int from = 0;
    for (String each : texts) {
      int found = text.indexOf(each, from);
      if (found < 0) {
        return false;
      }
      from = found + each.length();
    }
    return true;
  }

  @Override
  public String toString() {
    return texts.toString();
  }

  private static final class Reader {

    private final String expression;
    private int at;
    private boolean isGivenUp;

    Reader(String expression) {
      this.expression = expression;
    }

    /** Whether all of the expression was understood. */
    boolean isDone() {
      return isAtEnd() && !isGivenUp;
    }

    private boolean isAtEnd() {
      return at >= expression.length();
    }

    /** To the end of a group or of all; nothing when there is a choice. */
    List<String> alternatives(int level) {
      List<String> texts = new ArrayList<>();
      boolean choice = false;
      while (!isAtEnd() && peek() != ')') {
        if (peek() == '|') {
          choice = true;
          at++;
        }
        sequence(texts, level);
      }
      return choice ? List.of() : texts;
    }

    private char peek() {
      return expression.charAt(at);
    }

    private void sequence(List<String> texts, int level) {
      StringBuilder run = new StringBuilder();
      while (!isAtEnd() && peek() != '|' && peek() != ')') {
        if (isLiteral()) {
          literal(texts, run);
          continue;
        }
        end(run, texts);
        switch (peek()) {
          case '\\' -> escape();
          case '[' -> at = RegexSize.endOfClass(expression, at + 1);
          case '(' -> group(texts, level);
          default -> at++;
        }
        // Of what has no texts of its own by now; it is skipped for its digits.
        skipRepetition();
      }
      end(run, texts);
    }

    private static void end(StringBuilder run, List<String> texts) {
      if (!run.isEmpty()) {
        texts.add(run.toString());
        run.setLength(0);
      }
    }

    private boolean isLiteral() {
      char c = peek();
      if (c == '\\') {
        return at + 1 < expression.length()
            && expression.charAt(at + 1) < 128
            && !Character.isLetterOrDigit(expression.charAt(at + 1));
      }
      return ".[](){}*+?^$|".indexOf(c) < 0;
    }

    private void literal(List<String> texts, StringBuilder run) {
      at += peek() == '\\' ? 1 : 0;
      int character = expression.codePointAt(at);
      at += Character.charCount(character);
      if (!isOptionalNext()) {
        run.appendCodePoint(character);
      }
      if (!isAtEnd() && "*+?{".indexOf(peek()) >= 0) {
        // More of it may be between it and what follows.
        end(run, texts);
        skipRepetition();
      }
    }

    private boolean isOptionalNext() {
      return !isAtEnd() && "*?{".indexOf(peek()) >= 0;
    }

    private void skipRepetition() {
      if (!isAtEnd()) {
        var repetition = REPETITION.matcher(expression).region(at, expression.length());
        at = repetition.lookingAt() ? repetition.end() : at;
      }
    }

    private void group(List<String> texts, int level) {
      var plain = PLAIN_GROUP.matcher(expression).region(at, expression.length());
      boolean isPlain = plain.lookingAt();
      int begin = isPlain ? plain.end() : expression.indexOf(':', at) + 1;
      if (level == MAX_LEVELS || begin == 0) {
        isGivenUp = true;
        at = expression.length();
        return;
      }
      at = begin;
      List<String> inner = alternatives(level + 1);
      at++;
      if (isPlain && !isOptionalNext()) {
        texts.addAll(inner);
      }
    }

    private void escape() {
      at++;
      if (isAtEnd()) {
        return;
      }
      char c = expression.charAt(at++);
      if (isAtEnd()) {
        return;
      }
      if ((c == 'p' || c == 'P' || c == 'x') && peek() == '{') {
        at = Math.max(at, expression.indexOf('}', at) + 1);
      } else if (c == 'p' || c == 'P') {
        at++;
      } else if (c == 'x') {
        at += 2;
      } else {
        // Octal digits, or some more.
        while (c >= '0' && c <= '9' && !isAtEnd() && peek() >= '0' && peek() <= '9') {
          at++;
        }
      }
    }
  }
}
