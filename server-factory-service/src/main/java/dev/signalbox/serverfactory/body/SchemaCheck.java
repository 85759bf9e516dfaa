package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.dialect.DialectId;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Refuses, before anything is built of it, a schema that is too large or not whole in itself. */
final class SchemaCheck {

  private static final int MAX_VALUES = 10_000;

  private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef", "$recursiveRef");

  /** Keywords whose values are data, whatever they look like. */
  private static final Set<String> DATA = Set.of("enum", "const", "default", "examples", "example");

  /** Keywords whose members are named by the schema's author. */
  private static final Set<String> NAMED =
      Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

  private static final Set<String> DIALECTS =
      Set.of(
          DialectId.DRAFT_4,
          DialectId.DRAFT_6,
          DialectId.DRAFT_7,
          DialectId.DRAFT_2019_09,
          DialectId.DRAFT_2020_12);

  private final CompileBudget budget;
  private int values;

  SchemaCheck(CompileBudget budget) {
    this.budget = budget;
  }

  /** How many there are, of those looked at. */
  int values() {
    return values;
  }

  void schema(JsonNode node, int level) {
    if (++values > MAX_VALUES) {
      throw new IllegalArgumentException("must have at most " + MAX_VALUES + " values");
    }
    if (level > StrictJson.MAX_DEPTH) {
      throw new IllegalArgumentException("must have at most " + StrictJson.MAX_DEPTH + " levels");
    }
    if (node.isArray()) {
      node.forEach(element -> schema(element, level + 1));
      return;
    }
    for (var member : node.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      if (REFERENCES.contains(name)) {
        reference(name, value);
      } else if (name.equals("$schema")) {
        dialect(value);
      } else if (name.equals("pattern") && value.isTextual()) {
        TextRegex.compile(value.textValue(), false, budget);
      } else if (name.equals("patternProperties")) {
        value.fieldNames().forEachRemaining(pattern -> TextRegex.compile(pattern, false, budget));
      }
      if (DATA.contains(name)) {
        data(value, level + 1);
      } else if (NAMED.contains(name)) {
        named(value, level + 1);
      } else {
        schema(value, level + 1);
      }
    }
  }

  private void named(JsonNode members, int level) {
    List<JsonNode> schemas = new ArrayList<>(members.size());
    members.forEach(schemas::add);
    schemas.forEach(each -> schema(each, level + 1));
  }

  private void data(JsonNode node, int level) {
    if (++values > MAX_VALUES) {
      throw new IllegalArgumentException("must have at most " + MAX_VALUES + " values");
    }
    if (level > StrictJson.MAX_DEPTH) {
      throw new IllegalArgumentException("must have at most " + StrictJson.MAX_DEPTH + " levels");
    }
    node.forEach(each -> data(each, level + 1));
  }

  private static void reference(String name, JsonNode value) {
    if (value.isTextual() && !value.textValue().startsWith("#")) {
      throw new IllegalArgumentException(
          "must refer to places of itself alone, beginning with #, unlike "
              + name
              + " "
              + FieldProblems.shortened(value.textValue()));
    }
  }

  private static void dialect(JsonNode value) {
    String dialect = value.asText();
    if (!DIALECTS.contains(dialect) && !DIALECTS.contains(dialect + "#")) {
      throw new IllegalArgumentException(
          "must have a $schema of drafts 4, 6, 7, 2019-09 or 2020-12, unlike "
              + FieldProblems.shortened(dialect));
    }
  }
}
