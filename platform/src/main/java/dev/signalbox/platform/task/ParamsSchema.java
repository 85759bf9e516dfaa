package dev.signalbox.platform.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds the JSON Schema (2020-12) of a task's parameters, good enough to make a form from. Order
 * is kept, so that forms show the important parameters first.
 */
public final class ParamsSchema {

  private final Map<String, Object> properties = new LinkedHashMap<>();
  private final List<String> required = new ArrayList<>();
  private final List<Map<String, Object>> rules = new ArrayList<>();

  private ParamsSchema() {}

  /** No parameters yet. */
  public static ParamsSchema object() {
    return new ParamsSchema();
  }

  /** A parameter that must be given. */
  public ParamsSchema required(String name, Map<String, Object> schema) {
    required.add(name);
    return optional(name, schema);
  }

  /** A parameter that may be given. */
  public ParamsSchema optional(String name, Map<String, Object> schema) {
    properties.put(name, schema);
    return this;
  }

  /** One of some parameters must be given, and only one of them. */
  public ParamsSchema exactlyOne(String... names) {
    rules.add(Map.of("oneOf", Arrays.stream(names).map(ParamsSchema::having).toList()));
    return this;
  }

  /** Two parameters must not be given beside each other. */
  public ParamsSchema notTogether(String one, String other) {
    rules.add(Map.of("not", having(one, other)));
    return this;
  }

  private static Map<String, Object> having(String... names) {
    return Map.of("required", List.of(names));
  }

  /** The schema. */
  public Map<String, Object> build() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", new LinkedHashMap<>(properties));
    schema.put("required", List.copyOf(required));
    schema.put("additionalProperties", false);
    if (!rules.isEmpty()) {
      schema.put("allOf", List.copyOf(rules));
    }
    return schema;
  }

  /** The same under a short name for people, as the label of a field in a form. */
  public static Map<String, Object> titled(String title, Map<String, Object> schema) {
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("title", title);
    more.putAll(schema);
    return more;
  }

  /** The same with values somebody may choose or imitate. */
  public static Map<String, Object> examples(Map<String, Object> schema, Object... values) {
    return with(schema, "examples", List.of(values));
  }

  /** The same for texts that match a regular expression, as a whole if it says so. */
  public static Map<String, Object> pattern(Map<String, Object> schema, String regex) {
    return with(schema, "pattern", regex);
  }

  private static Map<String, Object> with(Map<String, Object> schema, String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(schema);
    more.put(key, value);
    return more;
  }

  /** A text. */
  public static Map<String, Object> text(String description, int maxLength) {
    return of("string", description, "maxLength", maxLength);
  }

  /** A text with a default. */
  public static Map<String, Object> text(String description, int maxLength, String otherwise) {
    return of("string", description, "maxLength", maxLength, "default", otherwise);
  }

  /** A whole number within bounds that must be chosen. */
  public static Map<String, Object> integer(String description, long min, long max) {
    return of("integer", description, "minimum", min, "maximum", max);
  }

  /** A whole number within bounds with a default. */
  public static Map<String, Object> integer(
      String description, long min, long max, long otherwise) {
    return of("integer", description, "minimum", min, "maximum", max, "default", otherwise);
  }

  /** True or false. */
  public static Map<String, Object> bool(String description, boolean otherwise) {
    return of("boolean", description, "default", otherwise);
  }

  /** True or false; what holds otherwise depends on other things. */
  public static Map<String, Object> bool(String description) {
    return of("boolean", description);
  }

  /** One of some words. */
  public static Map<String, Object> oneOf(
      String description, String otherwise, List<String> words) {
    return of("string", description, "enum", words, "default", otherwise);
  }

  /** A list of values of one schema. */
  public static Map<String, Object> list(
      String description, int maxItems, Map<String, Object> items) {
    return of("array", description, "maxItems", maxItems, "items", items);
  }

  /** An object with members of its own. */
  public static Map<String, Object> nested(String description, ParamsSchema members) {
    Map<String, Object> schema = members.build();
    schema.put("description", description);
    return schema;
  }

  private static Map<String, Object> of(String type, String description, Object... more) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type);
    schema.put("description", description);
    for (int i = 0; i < more.length; i += 2) {
      schema.put((String) more[i], more[i + 1]);
    }
    return schema;
  }
}
