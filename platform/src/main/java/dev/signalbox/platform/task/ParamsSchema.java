package dev.signalbox.platform.task;

import java.util.ArrayList;
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

  /** The schema. */
  public Map<String, Object> build() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", new LinkedHashMap<>(properties));
    schema.put("required", List.copyOf(required));
    schema.put("additionalProperties", false);
    return schema;
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
