package dev.signalbox.serverfactory.definition;

import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.body.MatchBudget;
import dev.signalbox.serverfactory.body.TextRegex;
import dev.signalbox.serverfactory.body.TextSearch;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A condition on the values of a name, of which there may be none. */
public sealed interface ValueMatcher {

  /**
   * Whether the values fulfil it.
   *
   * @throws MatchBoundException when telling so takes too much work
   */
  boolean test(List<String> values, MatchBudget budget) throws MatchBoundException;

  /** What it asks for, in words that follow "not". */
  String describe();

  /** There is a value. */
  record Present() implements ValueMatcher {
    @Override
    public boolean test(List<String> values, MatchBudget budget) {
      return !values.isEmpty();
    }

    @Override
    public String describe() {
      return "present";
    }
  }

  /** There is none. */
  record Absent() implements ValueMatcher {
    @Override
    public boolean test(List<String> values, MatchBudget budget) {
      return values.isEmpty();
    }

    @Override
    public String describe() {
      return "absent";
    }
  }

  /** These values in this order and no others. */
  record Exactly(List<String> wanted) implements ValueMatcher {
    public Exactly {
      wanted = List.copyOf(wanted);
    }

    @Override
    public boolean test(List<String> values, MatchBudget budget) {
      return wanted.equals(values);
    }

    @Override
    public String describe() {
      return "exactly " + wanted;
    }
  }

  /** How a text compares with another. */
  enum Comparison {
    EQUALS("") {
      @Override
      boolean test(String value, String text, MatchBudget budget) throws MatchBoundException {
        budget.takeCharacters(value.length() == text.length() ? text.length() : 0);
        return value.equals(text);
      }
    },
    CONTAINS("containing ") {
      @Override
      boolean test(String value, String text, MatchBudget budget) throws MatchBoundException {
        return TextSearch.contains(value, text, budget);
      }
    },
    STARTS_WITH("beginning with ") {
      @Override
      boolean test(String value, String text, MatchBudget budget) throws MatchBoundException {
        budget.takeCharacters(Math.min(value.length(), text.length()));
        return value.startsWith(text);
      }
    },
    ENDS_WITH("ending with ") {
      @Override
      boolean test(String value, String text, MatchBudget budget) throws MatchBoundException {
        budget.takeCharacters(Math.min(value.length(), text.length()));
        return value.endsWith(text);
      }
    };

    private final String words;

    Comparison(String words) {
      this.words = words;
    }

    abstract boolean test(String value, String text, MatchBudget budget) throws MatchBoundException;
  }

  /**
   * Some value compares with a text.
   *
   * @param text in lower case when case is ignored
   */
  record Compares(Comparison comparison, String text, boolean ignoreCase) implements ValueMatcher {

    private static final int LOWER_CASE_READINGS = 2;

    public Compares {
      text = ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** Some value equals a text. */
    static Compares with(String text) {
      return new Compares(Comparison.EQUALS, text, false);
    }

    @Override
    public boolean test(List<String> values, MatchBudget budget) throws MatchBoundException {
      for (int i = 0; i < values.size(); i++) {
        String value = values.get(i);
        if (ignoreCase) {
          budget.takeCharacters(LOWER_CASE_READINGS * (long) value.length());
          value = value.toLowerCase(Locale.ROOT);
        }
        if (comparison.test(value, text, budget)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String describe() {
      return comparison.words + text + (ignoreCase ? " (in any case)" : "");
    }
  }

  /** A regular expression is found in some value. */
  record Regex(TextRegex regex) implements ValueMatcher {
    @Override
    public boolean test(List<String> values, MatchBudget budget) throws MatchBoundException {
      for (String value : values) {
        if (regex.find(value, budget)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String describe() {
      return "matching " + regex;
    }
  }

  /** The other does not hold. */
  record Not(ValueMatcher matcher) implements ValueMatcher {
    @Override
    public boolean test(List<String> values, MatchBudget budget) throws MatchBoundException {
      return !matcher.test(values, budget);
    }

    @Override
    public String describe() {
      return "anything but " + matcher.describe();
    }
  }

  /** One of them holds. */
  record AnyOf(List<ValueMatcher> matchers) implements ValueMatcher {
    public AnyOf {
      matchers = List.copyOf(matchers);
    }

    @Override
    public boolean test(List<String> values, MatchBudget budget) throws MatchBoundException {
      for (ValueMatcher matcher : matchers) {
        if (matcher.test(values, budget)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String describe() {
      return matchers.stream().map(ValueMatcher::describe).collect(Collectors.joining(" or "));
    }
  }

  /** All of them hold, each for some value. */
  record AllOf(List<ValueMatcher> matchers) implements ValueMatcher {
    public AllOf {
      matchers = List.copyOf(matchers);
    }

    @Override
    public boolean test(List<String> values, MatchBudget budget) throws MatchBoundException {
      for (ValueMatcher matcher : matchers) {
        if (!matcher.test(values, budget)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String describe() {
      return matchers.stream().map(ValueMatcher::describe).collect(Collectors.joining(" and "));
    }
  }
}
