package dev.signalbox.serverfactory.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a value that a schema describes: its example where it has one, otherwise of its constants,
 * defaults and types. The same schema makes the same value.
 */
final class SchemaExample {

  private static final int MAX_LEVELS = 12;
  private static final int MAX_VALUES = 20_000;
  private static final int MAX_LENGTH = 1_000;
  private static final int MAX_ELEMENTS = 10;

  private final OpenApiDocument document;
  private final ImportNotes notes;
  private final Set<Object> open = new HashSet<>();
  private int values;

  /** For all schemas of one document, together bounded in values. */
  SchemaExample(OpenApiDocument document, ImportNotes notes) {
    this.document = document;
    this.notes = notes;
  }

  /** The value; null also where the schema says nothing. */
  @Nullable Object of(@Nullable Object schema, String pointer) {
    open.clear();
    return of(schema, pointer, 0);
  }

  private @Nullable Object of(@Nullable Object schema, String pointer, int level) {
    if (++values == MAX_VALUES) {
      notes.add(pointer, "is left out with what follows: too many values to make of schemas");
    }
    if (values >= MAX_VALUES || level > MAX_LEVELS || schema instanceof Boolean) {
      return null;
    }
    Object reference = schema instanceof Map<?, ?> map ? map.get("$ref") : null;
    if (reference != null && !open.add(reference)) {
      return null;
    }
    try {
      Map<?, ?> object = document.object(schema, pointer);
      return object == null ? null : made(object, pointer, level);
    } finally {
      if (reference != null) {
        open.remove(reference);
      }
    }
  }

  private @Nullable Object made(Map<?, ?> schema, String pointer, int level) {
    for (String name : List.of("example", "const", "default")) {
      if (schema.containsKey(name)) {
        return schema.get(name);
      }
    }
    for (String name : List.of("examples", "enum")) {
      if (schema.get(name) instanceof List<?> list && !list.isEmpty()) {
        return list.getFirst();
      }
    }
    for (String name : List.of("oneOf", "anyOf")) {
      if (schema.get(name) instanceof List<?> list && !list.isEmpty()) {
        Object first = of(list.getFirst(), ImportNode.below(pointer, name) + "/0", level + 1);
        return first instanceof Map<?, ?> && schema.containsKey("properties")
            ? merged(first, object(schema, pointer, level))
            : first;
      }
    }
    if (schema.get("allOf") instanceof List<?> parts && !parts.isEmpty()) {
      Object all = schema.containsKey("properties") ? object(schema, pointer, level) : null;
      for (int i = 0; i < parts.size(); i++) {
        all = merged(all, of(parts.get(i), pointer + "/allOf/" + i, level + 1));
      }
      return all;
    }
    return switch (type(schema)) {
      case "object" -> object(schema, pointer, level);
      case "array" -> array(schema, pointer, level);
      case "string" -> text(schema);
      case "integer" -> number(schema, 0L);
      case "number" -> number(schema, 0.5);
      case "boolean" -> true;
      default -> null;
    };
  }

  private static @Nullable Object merged(@Nullable Object one, @Nullable Object other) {
    if (one instanceof Map<?, ?> first && other instanceof Map<?, ?> second) {
      Map<Object, Object> all = new LinkedHashMap<>(first);
      all.putAll(second);
      return all;
    }
    return other == null ? one : other;
  }

  private static String type(Map<?, ?> schema) {
    Object type = schema.get("type");
    if (type instanceof List<?> types) {
      return types.stream()
          .map(String::valueOf)
          .filter(each -> !each.equals("null"))
          .findFirst()
          .orElse("null");
    }
    if (type != null) {
      return String.valueOf(type);
    }
    return schema.containsKey("properties") ? "object" : schema.containsKey("items") ? "array" : "";
  }

  private Map<String, @Nullable Object> object(Map<?, ?> schema, String pointer, int level) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
      for (var property : properties.entrySet()) {
        String name = String.valueOf(property.getKey());
        boolean hidden =
            property.getValue() instanceof Map<?, ?> map
                && Boolean.TRUE.equals(map.get("writeOnly"));
        Object value =
            hidden
                ? null
                : of(
                    property.getValue(),
                    ImportNode.below(pointer + "/properties", name),
                    level + 1);
        if (value != null || (!hidden && required.contains(name))) {
          object.put(name, value);
        }
      }
    }
    return object;
  }

  private List<@Nullable Object> array(Map<?, ?> schema, String pointer, int level) {
    List<@Nullable Object> array = new ArrayList<>();
    Object element = of(schema.get("items"), pointer + "/items", level + 1);
    if (element != null) {
      int least = schema.get("minItems") instanceof Number min ? min.intValue() : 1;
      for (int i = 0; i < Math.clamp(least, 1, MAX_ELEMENTS); i++) {
        array.add(element);
      }
    }
    return array;
  }

  private static Number number(Map<?, ?> schema, Number otherwise) {
    if (schema.get("minimum") instanceof Number least) {
      return least;
    }
    if (schema.get("exclusiveMinimum") instanceof Number below) {
      return below.longValue() + 1;
    }
    return schema.get("maximum") instanceof Number most && most.doubleValue() < 0
        ? most
        : otherwise;
  }

  private static String text(Map<?, ?> schema) {
    String text =
        switch (String.valueOf(schema.get("format"))) {
          case "date-time" -> "2026-01-01T00:00:00Z";
          case "date" -> "2026-01-01";
          case "time" -> "00:00:00Z";
          case "duration" -> "PT1S";
          case "email", "idn-email" -> "user@example.com";
          case "hostname", "idn-hostname" -> "example.com";
          case "ipv4" -> "192.0.2.1";
          case "ipv6" -> "2001:db8::1";
          case "uri", "url", "iri" -> "https://example.com/";
          case "uri-reference" -> "/";
          case "uuid" -> "123e4567-e89b-42d3-a456-426614174000";
          case "byte" -> "dGV4dA==";
          default -> "string";
        };
    int least = schema.get("minLength") instanceof Number min ? min.intValue() : 0;
    int most = schema.get("maxLength") instanceof Number max ? max.intValue() : MAX_LENGTH;
    String filled = text + "x".repeat(Math.clamp(least - text.length(), 0, MAX_LENGTH));
    return filled.substring(0, Math.clamp(most, 0, filled.length()));
  }
}
