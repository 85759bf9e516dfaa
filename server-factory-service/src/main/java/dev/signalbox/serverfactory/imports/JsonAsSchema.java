package dev.signalbox.serverfactory.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that takes what is like a JSON value, but for members that are not in it, the order
 * of arrays, or JsonUnit's placeholders.
 */
final class JsonAsSchema {

  private static final String PLACEHOLDER = "${json-unit.";

  private final boolean extra;
  private final boolean anyOrder;
  private final ImportNotes notes;
  private final String pointer;

  /**
   * @param extra whether there may be more members and elements
   * @param anyOrder whether the order of arrays does not matter
   */
  JsonAsSchema(boolean extra, boolean anyOrder, ImportNotes notes, String pointer) {
    this.extra = extra;
    this.anyOrder = anyOrder;
    this.notes = notes;
    this.pointer = pointer;
  }

  Map<String, Object> of(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> object -> object(object);
      case List<?> array -> array(array);
      case String text when text.startsWith(PLACEHOLDER) -> placeholder(text);
      case null -> Map.of("type", "null");
      default -> Map.of("const", value);
    };
  }

  private Map<String, Object> object(Map<?, ?> object) {
    Map<String, Object> properties = new LinkedHashMap<>();
    object.forEach((name, value) -> properties.put(String.valueOf(name), of(value)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", new ArrayList<>(properties.keySet()));
    if (!extra) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private Map<String, Object> array(List<?> array) {
    List<Object> elements = new ArrayList<>();
    for (Object value : array) {
      elements.add(of(value));
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "array");
    schema.put("minItems", array.size());
    if (!extra || !anyOrder) {
      schema.put("maxItems", array.size());
    }
    if (anyOrder) {
      schema.put("allOf", elements.stream().map(element -> Map.of("contains", element)).toList());
    } else {
      schema.put("prefixItems", elements);
    }
    if (elements.isEmpty()) {
      schema.remove("allOf");
      schema.remove("prefixItems");
    }
    return schema;
  }

  private Map<String, Object> placeholder(String text) {
    String name = text.substring(PLACEHOLDER.length());
    return switch (name) {
      case "any-string}" -> Map.of("type", "string");
      case "any-number}" -> Map.of("type", "number");
      case "any-boolean}" -> Map.of("type", "boolean");
      case "ignore}", "ignore-element}" -> Map.of();
      default -> {
        if (name.startsWith("regex}")) {
          yield Map.of(
              "type",
              "string",
              "pattern",
              WireMockImport.anchored(name.substring("regex}".length())));
        }
        notes.add(pointer, "has a placeholder that is not known: any value is taken");
        yield Map.of();
      }
    };
  }
}
