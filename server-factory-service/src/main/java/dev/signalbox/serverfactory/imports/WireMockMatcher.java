package dev.signalbox.serverfactory.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a definition's matcher of one of WireMock's for headers, parameters and cookies. */
final class WireMockMatcher {

  private WireMockMatcher() {}

  /** The matcher; null, and a note, when it is not understood. */
  static @Nullable Object read(ImportNode matcher) {
    List<Object> all = new ArrayList<>();
    boolean ignoreCase = matcher.flag("caseInsensitive");
    add(all, text(matcher, "equalTo", "equals", ignoreCase));
    add(all, text(matcher, "contains", "contains", false));
    add(all, expression(matcher, "matches"));
    Object not = text(matcher, "doesNotContain", "contains", false);
    add(all, not == null ? null : Map.of("not", not));
    Object other = expression(matcher, "doesNotMatch");
    add(all, other == null ? null : Map.of("not", other));
    if (matcher.has("absent")) {
      all.add(!matcher.flag("absent"));
    }
    if (matcher.has("anything")) {
      matcher.any("anything");
      all.add(true);
    }
    ImportNode negated = matcher.object("not");
    if (negated != null) {
      Object inner = read(negated);
      add(all, inner == null ? null : Map.of("not", inner));
    }
    list(matcher, "or", "any", all);
    list(matcher, "and", "all", all);
    list(matcher, "includes", "all", all);
    exactly(matcher, all);
    matcher.end();
    return switch (all.size()) {
      case 0 -> null;
      case 1 -> all.getFirst();
      default -> Map.of("all", all);
    };
  }

  private static void add(List<Object> all, @Nullable Object matcher) {
    if (matcher != null) {
      all.add(matcher);
    }
  }

  private static @Nullable Object text(
      ImportNode matcher, String from, String to, boolean ignoreCase) {
    String text = matcher.text(from);
    if (text == null) {
      return null;
    }
    Map<String, Object> made = new LinkedHashMap<>();
    made.put(to, text);
    if (ignoreCase) {
      made.put("ignore_case", true);
    }
    return made;
  }

  private static @Nullable Object expression(ImportNode matcher, String from) {
    String expression = matcher.text(from);
    if (expression != null && !WireMockImport.fits(expression)) {
      matcher.note(from, "is left out: it is no expression of RE2");
      return null;
    }
    return expression == null ? null : Map.of("regex", WireMockImport.anchored(expression));
  }

  private static void list(ImportNode matcher, String from, String to, List<Object> all) {
    List<Object> inner = new ArrayList<>();
    for (ImportNode each : matcher.objects(from)) {
      add(inner, read(each));
    }
    if (!inner.isEmpty()) {
      all.add(inner.size() == 1 ? inner.getFirst() : Map.of(to, inner));
    }
  }

  private static void exactly(ImportNode matcher, List<Object> all) {
    List<Object> values = new ArrayList<>();
    for (ImportNode each : matcher.objects("hasExactly")) {
      String value = each.text("equalTo");
      if (value != null) {
        values.add(value);
      }
      each.end();
    }
    if (!values.isEmpty()) {
      if (values.size() > 1) {
        matcher.note("hasExactly", "is compared in this order");
      }
      all.add(values);
    }
  }
}
