package dev.signalbox.serverfactory.definition;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A condition on the values of a name, of which there may be none. */
public sealed interface ValueMatcher {

  /** Whether the values fulfil it. */
  boolean test(List<String> values);

  /** What it asks for, in words that follow "not". */
  String describe();

  /** There is a value. */
  record Present() implements ValueMatcher {
    @Override
    public boolean test(List<String> values) {
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
    public boolean test(List<String> values) {
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
    public boolean test(List<String> values) {
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
      boolean test(String value, String text) {
        return value.equals(text);
      }
    },
    CONTAINS("containing ") {
      @Override
      boolean test(String value, String text) {
        return value.contains(text);
      }
    },
    STARTS_WITH("beginning with ") {
      @Override
      boolean test(String value, String text) {
        return value.startsWith(text);
      }
    },
    ENDS_WITH("ending with ") {
      @Override
      boolean test(String value, String text) {
        return value.endsWith(text);
      }
    };

    private final String words;

    Comparison(String words) {
      this.words = words;
    }

    abstract boolean test(String value, String text);
  }

  /**
   * Some value compares with a text.
   *
   * @param text in lower case when case is ignored
   */
  record Compares(Comparison comparison, String text, boolean ignoreCase)
      implements ValueMatcher {

    public Compares {
      text = ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** Some value equals a text. */
    static Compares with(String text) {
      return new Compares(Comparison.EQUALS, text, false);
    }

    @Override
    public boolean test(List<String> values) {
      for (int i = 0; i < values.size(); i++) {
        String value = values.get(i);
        if (comparison.test(ignoreCase ? value.toLowerCase(Locale.ROOT) : value, text)) {
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
  record Regex(Pattern pattern) implements ValueMatcher {
    @Override
    public boolean test(List<String> values) {
      for (String value : values) {
        if (pattern.matcher(value).find()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String describe() {
      return "matching " + pattern.pattern();
    }
  }

  /** The other does not hold. */
  record Not(ValueMatcher matcher) implements ValueMatcher {
    @Override
    public boolean test(List<String> values) {
      return !matcher.test(values);
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
    public boolean test(List<String> values) {
      return matchers.stream().anyMatch(matcher -> matcher.test(values));
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
    public boolean test(List<String> values) {
      return matchers.stream().allMatch(matcher -> matcher.test(values));
    }

    @Override
    public String describe() {
      return matchers.stream().map(ValueMatcher::describe).collect(Collectors.joining(" and "));
    }
  }
}
