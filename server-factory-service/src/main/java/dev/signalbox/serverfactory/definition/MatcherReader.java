package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.body.JsonPathMatcher;
import dev.signalbox.serverfactory.body.JsonSchemaMatcher;
import dev.signalbox.serverfactory.body.TextRegex;
import dev.signalbox.serverfactory.definition.ValueMatcher.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads conditions on values and bodies. */
final class MatcherReader {

  private static final int MAX_ITEMS = 100;
  private static final int MAX_LEVELS = 8;
  private static final int MAX_PATHS = 50;

  private static final String SHAPE =
      "must be a text, true, false, an array of texts, or an object with one of equals, contains,"
          + " starts_with, ends_with, regex, not, any, all";

  private static final ValueMatcher HARMLESS = new ValueMatcher.Present();

  private final int maxText;
  private final CompileBudget budget;
  private int level;

  /**
   * A reader.
   *
   * @param maxText characters of a text
   * @param budget what all that it reads may come to
   */
  MatcherReader(int maxText, CompileBudget budget) {
    this.maxText = maxText;
    this.budget = budget;
  }

  /** What all that this one reads may come to. */
  CompileBudget budget() {
    return budget;
  }

  /** Reads the matcher in a field. */
  ValueMatcher read(RequestObject holder, String field) {
    Object value = holder.any(field);
    return switch (value) {
      case String _ -> ValueMatcher.Compares.with(text(holder, field));
      case Boolean present -> present ? new ValueMatcher.Present() : new ValueMatcher.Absent();
      case Number number -> ValueMatcher.Compares.with(Json.text(number));
      case List<?> _ -> exactly(holder, field);
      case Map<?, ?> _ -> compound(holder, field);
      case null, default -> {
        holder.problem(field, SHAPE);
        yield HARMLESS;
      }
    };
  }

  private String text(RequestObject holder, String field) {
    String text = holder.optionalText(field, maxText);
    return text == null ? "" : text;
  }

  private ValueMatcher exactly(RequestObject holder, String field) {
    List<String> texts = new ArrayList<>();
    for (Object item : holder.array(field, MAX_ITEMS)) {
      if (!(item instanceof String text) || text.length() > maxText) {
        holder.problem(field, "must hold texts of at most " + maxText + " characters");
        return HARMLESS;
      }
      texts.add(text);
    }
    return new ValueMatcher.Exactly(texts);
  }

  private ValueMatcher compound(RequestObject holder, String field) {
    if (level == MAX_LEVELS) {
      holder.problem(field, "must not have more than " + MAX_LEVELS + " matchers in one another");
      // Read, so that what is below is no unknown field.
      return HARMLESS;
    }
    level++;
    try {
      return compound(holder.object(field));
    } finally {
      level--;
    }
  }

  private ValueMatcher compound(RequestObject matcher) {
    ValueMatcher read = null;
    String first = null;
    for (String kind : matcher.names()) {
      if (kind.equals("ignore_case")) {
        continue;
      }
      if (first != null) {
        matcher.problem(kind, "must not be there beside " + first);
      }
      first = kind;
      read = compound(matcher, kind, matcher.bool("ignore_case", false));
    }
    if (read == null) {
      matcher.problem(
          "equals", "is required, or contains, starts_with, ends_with, regex, not, any, all");
      return HARMLESS;
    }
    return read;
  }

  private ValueMatcher compound(RequestObject matcher, String kind, boolean ignoreCase) {
    return switch (kind) {
      case "equals", "contains", "starts_with", "ends_with" -> {
        String text = matcher.optionalText(kind, maxText);
        yield new ValueMatcher.Compares(
            Comparison.valueOf(kind.toUpperCase(Locale.ROOT)),
            text == null ? "" : text,
            ignoreCase);
      }
      case "regex" -> {
        TextRegex regex = regex(matcher, kind, ignoreCase);
        yield regex == null ? HARMLESS : new ValueMatcher.Regex(regex);
      }
      case "not" -> new ValueMatcher.Not(read(matcher, kind));
      case "any" -> new ValueMatcher.AnyOf(each(matcher, kind));
      case "all" -> new ValueMatcher.AllOf(each(matcher, kind));
      // An unknown field is noted by itself.
      default -> HARMLESS;
    };
  }

  private List<ValueMatcher> each(RequestObject matcher, String field) {
    RequestObject items = matcher.items(field, MAX_ITEMS);
    if (items.names().isEmpty()) {
      matcher.problem(field, "must have a matcher");
    }
    return items.names().stream().map(item -> read(items, item)).toList();
  }

  private @Nullable TextRegex regex(RequestObject holder, String field, boolean ignoreCase) {
    String text = holder.text(field, Integer.MAX_VALUE);
    try {
      return text.isEmpty() ? null : TextRegex.compile(text, ignoreCase, budget);
    } catch (IllegalArgumentException e) {
      holder.problem(field, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Reads the fields {@code body_contains} and {@code body}. */
  List<BodyMatch> body(RequestObject match) {
    List<BodyMatch> conditions = new ArrayList<>();
    if (match.any("body_contains") instanceof List<?>) {
      for (Object item : match.array("body_contains", MAX_ITEMS)) {
        if (item instanceof String text && text.length() <= maxText) {
          conditions.add(new BodyMatch.Contains(text));
        } else {
          match.problem("body_contains", "must be a text or an array of texts");
        }
      }
    } else if (match.has("body_contains")) {
      conditions.add(new BodyMatch.Contains(text(match, "body_contains")));
    }
    RequestObject body = match.object("body");
    String equal = body.optionalText("equals", maxText);
    if (equal != null) {
      conditions.add(new BodyMatch.EqualText(equal));
    }
    if (body.names().contains("equals_json")) {
      Object json = body.any("equals_json");
      conditions.add(
          new BodyMatch.EqualJson(
              json == null
                  ? com.fasterxml.jackson.databind.node.NullNode.getInstance()
                  : Json.tree(json)));
    }
    String contained = body.optionalText("contains", maxText);
    if (contained != null) {
      conditions.add(new BodyMatch.Contains(contained));
    }
    if (body.has("regex")) {
      TextRegex regex = regex(body, "regex", false);
      if (regex != null) {
        conditions.add(new BodyMatch.Regex(regex));
      }
    }
    paths(body, conditions);
    if (body.names().contains("json_schema")) {
      try {
        conditions.add(
            new BodyMatch.Schema(JsonSchemaMatcher.compile(body.any("json_schema"), budget)));
      } catch (IllegalArgumentException e) {
        body.problem("json_schema", String.valueOf(e.getMessage()));
      }
    }
    return conditions;
  }

  private void paths(RequestObject body, List<BodyMatch> conditions) {
    RequestObject paths = body.object("json_path");
    if (paths.names().size() > MAX_PATHS) {
      body.problem("json_path", "must have at most " + MAX_PATHS + " paths");
    }
    for (String path : paths.names()) {
      ValueMatcher matcher = read(paths, path);
      try {
        conditions.add(new BodyMatch.AtPath(path, JsonPathMatcher.compile(path, budget), matcher));
      } catch (IllegalArgumentException e) {
        paths.problem(path, String.valueOf(e.getMessage()));
      }
    }
  }
}
