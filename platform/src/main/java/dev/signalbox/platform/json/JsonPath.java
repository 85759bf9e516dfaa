package dev.signalbox.platform.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in a JSON document to look: the part of RFC 9535 without slices, filters, lists of
 * selectors and descendants, or a JSON Pointer (RFC 6901).
 */
public final class JsonPath {

  /** One step down. */
  private sealed interface Step {

    /** To the member of an object. */
    record Name(String name) implements Step {}

    /** To an element of an array; a negative index counts from its end. */
    record Index(long index) implements Step {}

    /** To a member of an object or an element of an array, whichever is there. */
    record Token(String text, int index) implements Step {

      /** With the index that it is in an array, negative for none. */
      static Token of(String text) {
        return new Token(text, text.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(text) : -1);
      }
    }

    /** To all members or elements. */
    record Wildcard() implements Step {}
  }

  /** A path that cannot be read. */
  public static final class JsonPathException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String rule;

    JsonPathException(String rule) {
      super(rule);
      this.rule = rule;
    }

    /** The rule it breaks, beginning with "must". */
    public String rule() {
      return rule;
    }
  }

  /** Counts the values that a search visits. */
  @FunctionalInterface
  public interface Visits<X extends Exception> {
    void take(long values) throws X;
  }

  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads a path.
   *
   * @param text a pointer ({@code /items/0/id}), a path ({@code $.items[0].id}), or a path without
   *     the {@code $} ({@code items[0].id}); empty for the whole document
   * @throws JsonPathException when it is none of them
   */
  public static JsonPath parse(String text) throws JsonPathException {
    if (text.isEmpty()) {
      return new JsonPath(List.of());
    }
    if (text.startsWith("/")) {
      return new JsonPath(pointer(text));
    }
    return new JsonPath(PathReader.of(text).steps());
  }

  /** All values of a document at this path, in the document's order. */
  public List<JsonNode> find(JsonNode document) {
    return find(document, _ -> {});
  }

  /**
   * As {@link #find(JsonNode)}, within a bound.
   *
   * @param visits told how many values are visited next, before they are; throws to end it
   */
  public <X extends Exception> List<JsonNode> find(JsonNode document, Visits<X> visits) throws X {
    List<JsonNode> nodes = List.of(document);
    for (Step step : steps) {
      List<JsonNode> below = new ArrayList<>();
      for (JsonNode node : nodes) {
        visits.take(step instanceof Step.Wildcard ? 1 + node.size() : 1);
        down(node, step, below);
      }
      nodes = below;
    }
    return nodes;
  }

  private static void down(JsonNode node, Step step, List<JsonNode> below) {
    @Nullable JsonNode one =
        switch (step) {
          case Step.Wildcard() -> {
            node.forEach(below::add);
            yield null;
          }
          case Step.Name(String name) -> node.isObject() ? node.get(name) : null;
          case Step.Index(long index) -> node.isArray() ? element(node, index) : null;
          case Step.Token(_, int index) when node.isArray() -> index < 0 ? null : node.get(index);
          case Step.Token(String text, _) -> node.isObject() ? node.get(text) : null;
        };
    if (one != null) {
      below.add(one);
    }
  }

  private static @Nullable JsonNode element(JsonNode array, long index) {
    long at = index < 0 ? array.size() + index : index;
    return at < 0 || at >= array.size() ? null : array.get((int) at);
  }

  private static List<Step> pointer(String text) throws JsonPathException {
    List<Step> steps = new ArrayList<>();
    for (String token : text.substring(1).split("/", -1)) {
      if (!token.matches("(?s)([^~]|~[01])*")) {
        throw new JsonPathException("must have 0 or 1 after each ~ of a JSON Pointer");
      }
      steps.add(Step.Token.of(token.replace("~1", "/").replace("~0", "~")));
    }
    return steps;
  }

  /** The grammar of RFC 9535, 2. */
  private static final class PathReader {

    private static final long LARGEST_INDEX = (1L << 53) - 1;

    private final String text;
    private final int implied;
    private int at = 1;

    private PathReader(String prefix, String text) {
      this.text = prefix + text;
      this.implied = prefix.length();
    }

    static PathReader of(String text) throws JsonPathException {
      char first = text.charAt(0);
      if (first == '$') {
        return new PathReader("", text);
      }
      if (first == '[') {
        return new PathReader("$", text);
      }
      if (first != '*' && !isNameCharacter(first, true)) {
        throw new JsonPathException("must begin with $, a slash, a bracket, a star or a name");
      }
      return new PathReader("$.", text);
    }

    List<Step> steps() throws JsonPathException {
      List<Step> steps = new ArrayList<>();
      while (at < text.length()) {
        blanks();
        if (next('[')) {
          steps.add(bracketed());
        } else if (next('.')) {
          if (next('.')) {
            throw broken("must not contain .. (descendants are not supported)");
          }
          steps.add(next('*') ? new Step.Wildcard() : new Step.Name(shorthand()));
        } else {
          throw broken("must have a dot or a bracket before each step");
        }
      }
      return steps;
    }

    private Step bracketed() throws JsonPathException {
      blanks();
      Step step;
      if (next('*')) {
        step = new Step.Wildcard();
      } else if (next('\'')) {
        step = new Step.Name(quoted('\''));
      } else if (next('"')) {
        step = new Step.Name(quoted('"'));
      } else if (next('?')) {
        throw broken("must not contain a filter");
      } else if (next(':')) {
        throw broken("must not contain a slice");
      } else {
        step = new Step.Index(index());
      }
      blanks();
      if (next(']')) {
        return step;
      }
      if (next(',')) {
        throw broken("must have one selector in each pair of brackets");
      }
      throw broken(next(':') ? "must not contain a slice" : "must close each bracket");
    }

    /**
     * RFC 9535, 2.5.1.1: a letter, an underscore or what is not ASCII, then digits too. Hyphens as
     * well, which it has in brackets alone: names with them are common, and nothing else is meant.
     */
    private String shorthand() throws JsonPathException {
      int begin = at;
      while (at < text.length() && isNameCharacter(text.charAt(at), at == begin)) {
        at++;
      }
      String name = text.substring(begin, at);
      if (name.isEmpty() || !UnicodeText.wellFormed(name)) {
        throw broken(
            "must have names of letters, digits, hyphens and underscores after a dot; others are"
                + " written ['name']");
      }
      return name;
    }

    private static boolean isNameCharacter(char c, boolean first) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || c == '_'
          || c >= 0x80
          || (!first && (isDigit(c) || c == '-'));
    }

    private String quoted(char quote) throws JsonPathException {
      StringBuilder name = new StringBuilder();
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == quote) {
          if (!UnicodeText.wellFormed(name)) {
            throw broken("must have names of valid Unicode");
          }
          return name.toString();
        }
        if (c < 0x20) {
          throw broken("must have control characters in names escaped");
        }
        name.append(c == '\\' ? escaped(quote) : c);
      }
      throw broken("must close each quotation mark");
    }

    private char escaped(char quote) throws JsonPathException {
      char c = at < text.length() ? text.charAt(at++) : ' ';
      return switch (c) {
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case '/', '\\' -> c;
        case 'u' -> {
          String digits = text.substring(at, Math.min(text.length(), at + 4));
          if (!digits.matches("[0-9A-Fa-f]{4}")) {
            throw broken("must have four hexadecimal digits after \\u");
          }
          at += 4;
          yield (char) Integer.parseInt(digits, 16);
        }
        default -> {
          if (c != quote) {
            throw broken("must not contain an escape that JSON lacks");
          }
          yield c;
        }
      };
    }

    private long index() throws JsonPathException {
      int begin = at;
      next('-');
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      String digits = text.substring(begin, at);
      if (!digits.matches("0|-?[1-9][0-9]{0,15}")
          || Math.abs(Long.parseLong(digits)) > LARGEST_INDEX) {
        throw broken("must have an index, * or a name in quotation marks in each pair of brackets");
      }
      return Long.parseLong(digits);
    }

    private void blanks() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private boolean next(char wanted) {
      boolean there = at < text.length() && text.charAt(at) == wanted;
      if (there) {
        at++;
      }
      return there;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private JsonPathException broken(String rule) {
      // As the client counts, whose text may lack the beginning.
      return new JsonPathException(
          rule
              + " (read up to character "
              + Math.max(0, at - implied)
              + " of "
              + text.substring(implied)
              + ")");
    }
  }
}
