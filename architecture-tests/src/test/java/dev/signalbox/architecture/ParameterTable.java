package dev.signalbox.architecture;

import dev.signalbox.contracts.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The parameters of a task as a table in Markdown, from the JSON Schema that is announced. */
final class ParameterTable {

  private static final String HEAD =
      """
      | parameter | type and range | default | meaning |
      |---|---|---|---|
      """;

  private ParameterTable() {}

  static String of(TaskType type) {
    List<String> rows = new ArrayList<>();
    add(rows, "", type.paramsSchema());
    return HEAD + String.join("\n", rows) + "\n";
  }

  private static void add(List<String> rows, String prefix, Map<String, Object> schema) {
    List<?> required = (List<?>) schema.get("required");
    object(schema.get("properties"))
        .forEach((name, value) -> {
          Map<String, Object> param = object(value);
          Object otherwise = param.get("default");
          rows.add(
              "| `%s` | %s | %s | %s |"
                  .formatted(
                      prefix + name,
                      type(param),
                      required.contains(name)
                          ? "required"
                          : otherwise == null || otherwise.equals("") ? "" : "`" + otherwise + "`",
                      param.get("description")));
          if (param.containsKey("properties")) {
            add(rows, prefix + name + ".", param);
          }
          if (param.get("items") instanceof Map<?, ?> items && items.containsKey("properties")) {
            add(rows, prefix + name + "[].", object(items));
          }
        });
  }

  private static String type(Map<String, Object> param) {
    if (param.get("enum") instanceof List<?> words) {
      return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }
    if (param.containsKey("minimum")) {
      return param.get("minimum") + " to " + param.get("maximum");
    }
    if (param.get("type") instanceof List<?> several) {
      return several.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    return switch (String.valueOf(param.get("type"))) {
      case "string" -> "text, at most " + param.get("maxLength") + " characters";
      case "boolean" -> "`true` or `false`";
      case "array" -> "list, at most " + param.get("maxItems");
      default -> String.valueOf(param.get("type"));
    };
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }
}
