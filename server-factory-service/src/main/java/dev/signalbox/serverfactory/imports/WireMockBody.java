package dev.signalbox.serverfactory.imports;

import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes conditions on a body of WireMock's {@code bodyPatterns}. */
final class WireMockBody {

  /** A path with one filter at its end that compares one member with a text or a number. */
  private static final Pattern FILTER =
      Pattern.compile(
          "([^?]*?)\\.?\\[\\?\\(\\s*@((?:\\.[A-Za-z_][A-Za-z0-9_-]*)+)\\s*==\\s*"
              + "('[^']*'|\"[^\"]*\"|-?[0-9]+(?:\\.[0-9]+)?|true|false)\\s*\\)\\]");

  private static final Map<String, String> DIALECTS =
      Map.of(
          "V4", "http://json-schema.org/draft-04/schema#",
          "V6", "http://json-schema.org/draft-06/schema#",
          "V7", "http://json-schema.org/draft-07/schema#",
          "V201909", "https://json-schema.org/draft/2019-09/schema",
          "V202012", "https://json-schema.org/draft/2020-12/schema");

  private final Map<String, Object> match;
  private final List<Object> contained = new ArrayList<>();
  private final List<Object> schemas = new ArrayList<>();
  private final Map<String, List<Object>> paths = new LinkedHashMap<>();
  private final Map<String, Object> body = new LinkedHashMap<>();

  WireMockBody(Map<String, Object> match) {
    this.match = match;
  }

  void read(ImportNode request) {
    for (ImportNode pattern : request.objects("bodyPatterns")) {
      one(pattern);
      pattern.end();
    }
    if (!contained.isEmpty()) {
      match.put("body_contains", contained);
    }
    if (!paths.isEmpty()) {
      Map<String, Object> conditions = new LinkedHashMap<>();
      paths.forEach((path, matchers) ->
          conditions.put(
              path, matchers.size() == 1 ? matchers.getFirst() : Map.of("all", matchers)));
      body.put("json_path", conditions);
    }
    if (!schemas.isEmpty()) {
      body.put("json_schema", schemas.size() == 1 ? schemas.getFirst() : Map.of("allOf", schemas));
    }
    if (!body.isEmpty()) {
      match.put("body", body);
    }
  }

  private void one(ImportNode pattern) {
    String equal = pattern.text("equalTo");
    if (equal != null) {
      if (pattern.flag("caseInsensitive")) {
        once(pattern, "equalTo", "regex", "(?i)^(?:" + quoted(equal) + ")$");
      } else {
        once(pattern, "equalTo", "equals", equal);
      }
    }
    String contains = pattern.text("contains");
    if (contains != null) {
      contained.add(contains);
    }
    String expression = pattern.text("matches");
    if (expression != null && !WireMockImport.fits(expression)) {
      pattern.note("matches", "is left out: it is no expression of RE2");
    } else if (expression != null) {
      once(pattern, "matches", "regex", WireMockImport.anchored(expression));
    }
    if (pattern.has("equalToJson")) {
      equalToJson(pattern);
    }
    if (pattern.has("matchesJsonPath")) {
      jsonPath(pattern);
    }
    if (pattern.has("matchesJsonSchema")) {
      schema(pattern);
    }
  }

  private static String quoted(String text) {
    return com.google.re2j.Pattern.quote(text);
  }

  private void once(ImportNode pattern, String from, String to, Object value) {
    if (body.putIfAbsent(to, value) != null) {
      pattern.note(from, "is left out: a route has one such condition");
    }
  }

  private void equalToJson(ImportNode pattern) {
    Object json = json(pattern, "equalToJson");
    boolean extra = pattern.flag("ignoreExtraElements");
    boolean anyOrder = pattern.flag("ignoreArrayOrder");
    if (json == null && pattern.any("equalToJson") instanceof String) {
      return;
    }
    boolean placeholders = String.valueOf(json).contains("${json-unit.");
    if (!extra && !anyOrder && !placeholders) {
      once(pattern, "equalToJson", "equals_json", json == null ? Map.of() : json);
    } else {
      schemas.add(
          new JsonAsSchema(extra, anyOrder, pattern.notes(), pattern.pointer("equalToJson"))
              .of(json));
    }
  }

  /** A value that may be there as a text of JSON too; null, and a note, when it cannot be read. */
  private static @Nullable Object json(ImportNode pattern, String name) {
    if (!(pattern.any(name) instanceof String text)) {
      return pattern.any(name);
    }
    try {
      return StrictJson.value(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonInputException e) {
      pattern.note(name, "is no JSON: " + e.getMessage());
      return null;
    }
  }

  private void jsonPath(ImportNode pattern) {
    if (!(pattern.any("matchesJsonPath") instanceof Map<?, ?>)) {
      String path = pattern.text("matchesJsonPath");
      if (path != null) {
        path(pattern, path, true);
      }
      return;
    }
    ImportNode inner = pattern.object("matchesJsonPath");
    if (inner == null) {
      return;
    }
    String path = inner.text("expression");
    Object matcher = WireMockMatcher.read(inner);
    if (path != null && matcher != null) {
      path(pattern, path, matcher);
    }
  }

  private void path(ImportNode pattern, String path, Object matcher) {
    Matcher filter = FILTER.matcher(path);
    if (matcher.equals(true) && filter.matches()) {
      filter(pattern, filter);
    } else if (path.contains("?(") || path.contains("..")) {
      pattern.note("matchesJsonPath", "is left out: no filters and no .. in JSON paths");
    } else {
      paths.computeIfAbsent(path, none -> new ArrayList<>()).add(matcher);
    }
  }

  /** A filter picks of an array, or of an object that fulfils it: a schema says both. */
  private void filter(ImportNode pattern, Matcher filter) {
    String prefix = filter.group(1).replaceFirst("^\\$", "");
    if (!prefix.matches("(\\.[A-Za-z_][A-Za-z0-9_-]*)*(\\[\\*\\]|\\.\\*)?")) {
      pattern.note("matchesJsonPath", "is left out: a filter after names alone is understood");
      return;
    }
    String names = prefix.replaceFirst("(\\[\\*\\]|\\.\\*)$", "");
    Map<String, Object> wanted = at(filter.group(2), Map.of("const", literal(filter.group(3))));
    schemas.add(
        at(names, Map.of("anyOf", List.of(wanted, Map.of("type", "array", "contains", wanted)))));
  }

  private static Map<String, Object> at(String names, Map<String, Object> schema) {
    Map<String, Object> made = schema;
    String[] path = names.isEmpty() ? new String[0] : names.substring(1).split("\\.");
    for (int i = path.length - 1; i >= 0; i--) {
      made =
          Map.of(
              "type", "object", "required", List.of(path[i]), "properties", Map.of(path[i], made));
    }
    return made;
  }

  private static Object literal(String text) {
    return switch (text.charAt(0)) {
      case '\'', '"' -> text.substring(1, text.length() - 1);
      case 't', 'f' -> Boolean.valueOf(text);
      default -> Double.valueOf(text);
    };
  }

  private void schema(ImportNode pattern) {
    Object schema = json(pattern, "matchesJsonSchema");
    String version = pattern.text("schemaVersion");
    if (schema == null) {
      return;
    }
    String dialect = version == null ? null : DIALECTS.get(version);
    if (version != null && dialect == null) {
      pattern.note("schemaVersion", "is not known");
    }
    if (dialect != null && schema instanceof Map<?, ?> map && !map.containsKey("$schema")) {
      Map<Object, Object> versioned = new LinkedHashMap<>();
      versioned.put("$schema", dialect);
      versioned.putAll(map);
      schema = versioned;
    }
    schemas.add(schema);
  }
}
