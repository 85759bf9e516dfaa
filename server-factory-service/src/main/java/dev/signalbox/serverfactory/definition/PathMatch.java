package dev.signalbox.serverfactory.definition;

import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.body.MatchBudget;
import dev.signalbox.serverfactory.body.TextRegex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A condition on the path of a request, which is in normal form (see {@link PagePath}). */
public sealed interface PathMatch {

  /** Exact paths, patterns, longer prefixes, shorter ones, regular expressions, any path. */
  Comparator<PathMatch> MORE_SPECIFIC_FIRST =
      Comparator.comparingInt(PathMatch::rank)
          .thenComparingInt(match -> match instanceof Prefix(String text) ? -text.length() : 0);

  /**
   * Whether a path fulfils it.
   *
   * @throws MatchBoundException when telling so takes too much work
   */
  boolean test(String path, MatchBudget budget) throws MatchBoundException;

  /** What it asks for, in words that follow "not". */
  String describe();

  private static int rank(PathMatch match) {
    return switch (match) {
      case Exact _ -> 0;
      case Template _ -> 1;
      case Prefix _ -> 2;
      case Regex _ -> 3;
      case Any _ -> 4;
    };
  }

  /** Any path. */
  record Any() implements PathMatch {
    @Override
    public boolean test(String path, MatchBudget budget) {
      return true;
    }

    @Override
    public String describe() {
      return "any path";
    }
  }

  /** One path. */
  record Exact(String path) implements PathMatch {
    @Override
    public boolean test(String other, MatchBudget budget) {
      return path.equals(other);
    }

    @Override
    public String describe() {
      return path;
    }
  }

  /** All paths that begin with this text, at a slash or not. */
  record Prefix(String text) implements PathMatch {
    @Override
    public boolean test(String path, MatchBudget budget) {
      return path.startsWith(text);
    }

    @Override
    public String describe() {
      return "beginning with " + text;
    }
  }

  /**
   * All paths that match as a whole.
   *
   * @param text as the definition has it
   * @param regex the same between anchors
   */
  record Regex(String text, TextRegex regex) implements PathMatch {

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException with a text that begins with "must"
     */
    static Regex parse(String text, CompileBudget budget) {
      // Alone first: between parentheses some that are none would pass.
      TextRegex.compile(text, false);
      return new Regex(text, TextRegex.compile("^(?:" + text + ")$", false, budget));
    }

    @Override
    public boolean test(String path, MatchBudget budget) throws MatchBoundException {
      return regex.find(path, budget);
    }

    @Override
    public String describe() {
      return "matching " + text;
    }
  }

  /**
   * Paths of as many segments, with variables among them; each stands for a part of one segment
   * that is not empty, the last one of {@code {name*}} for all that follows, be it empty.
   *
   * @param text as the definition has it
   * @param rest name of the variable for all that follows; null for none
   */
  record Template(String text, List<Segment> segments, @Nullable String rest) implements PathMatch {

    private static final int MAX_SEGMENTS = 64;

    /** A segment; a literal one has no variable and is all before. */
    record Segment(String before, @Nullable String variable, String after) {

      boolean test(String path, int start, int end) {
        int length = end - start;
        if (variable == null) {
          return length == before.length() && path.startsWith(before, start);
        }
        return length > before.length() + after.length()
            && path.startsWith(before, start)
            && path.startsWith(after, end - after.length());
      }
    }

    public Template {
      segments = List.copyOf(segments);
    }

    /**
     * Reads a pattern such as {@code /users/{id}/files/{rest*}}.
     *
     * @throws IllegalArgumentException with a text that begins with "must"
     */
    static Template parse(String text) {
      if (!text.startsWith("/")) {
        throw new IllegalArgumentException("must begin with a slash");
      }
      String[] parts = text.substring(1).split("/", MAX_SEGMENTS + 2);
      if (parts.length > MAX_SEGMENTS) {
        throw new IllegalArgumentException("must have at most " + MAX_SEGMENTS + " segments");
      }
      List<Segment> segments = new ArrayList<>(parts.length);
      Set<String> names = new HashSet<>();
      for (int i = 0; i < parts.length; i++) {
        String part = parts[i];
        int open = part.indexOf('{');
        int close = part.indexOf('}');
        if (open < 0 && close < 0) {
          segments.add(new Segment(literal(part), null, ""));
          continue;
        }
        if (open < 0
            || close < open
            || part.indexOf('{', open + 1) >= 0
            || part.indexOf('}', close + 1) >= 0) {
          throw new IllegalArgumentException("must have at most one {variable} in a segment");
        }
        String name = part.substring(open + 1, close);
        boolean takesRest = name.endsWith("*");
        if (takesRest) {
          name = name.substring(0, name.length() - 1);
        }
        if (!isName(name)) {
          throw new IllegalArgumentException(
              "must have variables of letters, digits, - and _, unlike {" + name + "}");
        }
        if (!names.add(name)) {
          throw new IllegalArgumentException("must not have the variable {" + name + "} twice");
        }
        if (takesRest) {
          if (i != parts.length - 1 || open > 0 || close < part.length() - 1) {
            throw new IllegalArgumentException("must have {" + name + "*} as its last segment");
          }
          return new Template(text, segments, name);
        }
        segments.add(
            new Segment(
                literal(part.substring(0, open)), name, literal(part.substring(close + 1))));
      }
      return new Template(text, segments, null);
    }

    private static boolean isName(String name) {
      return !name.isEmpty()
          && name.length() <= 100
          && name.chars()
              .allMatch(c ->
                  (c >= 'a' && c <= 'z')
                      || (c >= 'A' && c <= 'Z')
                      || (c >= '0' && c <= '9')
                      || c == '-'
                      || c == '_');
    }

    private static String literal(String part) {
      if (part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException("must not have the segments . and ..");
      }
      if (part.indexOf('?') >= 0 || part.indexOf('#') >= 0) {
        throw new IllegalArgumentException("must be a path without query and fragment");
      }
      // Alone, so that dots in it mean nothing.
      String normal = PagePath.normal("/" + part + "x");
      return normal.substring(1, normal.length() - 1);
    }

    @Override
    public boolean test(String path, MatchBudget budget) {
      return walk(path, null);
    }

    /** The variables of a path that matches, decoded. */
    public Map<String, String> variables(String path) {
      Map<String, String> values = new LinkedHashMap<>();
      walk(path, values);
      return values;
    }

    private boolean walk(String path, @Nullable Map<String, String> values) {
      int start = 1;
      for (Segment segment : segments) {
        if (start > path.length()) {
          return false;
        }
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        if (!segment.test(path, start, end)) {
          return false;
        }
        if (values != null && segment.variable() != null) {
          String value =
              path.substring(start + segment.before().length(), end - segment.after().length());
          values.put(segment.variable(), RequestValues.decode(value, false));
        }
        start = end + 1;
      }
      if (rest == null) {
        return start > path.length();
      }
      if (start > path.length()) {
        return false;
      }
      if (values != null) {
        values.put(rest, RequestValues.decode(path.substring(start), false));
      }
      return true;
    }

    @Override
    public String describe() {
      return "of the form " + text;
    }
  }
}
