package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.regex.RegularExpression;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema of drafts 4 to 2020-12 (the last unless {@code $schema} names another). References
 * lead to places of the same schema alone, patterns are those of RE2, {@code format} is not
 * checked. What a schema of references does to a body is bounded in steps and levels. Safe for any
 * number of threads.
 */
public final class JsonSchemaMatcher {

  private static final int MAX_VALUES = 10_000;

  /** Keywords and elements looked at for one body. */
  private static final int MAX_STEPS = 100_000;

  /** Keywords within keywords; the library calls itself for each. */
  private static final int MAX_LEVELS = 400;

  /** Work of a regular expression that counts as one step. */
  private static final int WORK_OF_A_STEP = 500;

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

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .formatAssertionsEnabled(false)
          .regularExpressionFactory(JsonSchemaMatcher::expression)
          .preloadSchema(true)
          .build();

  /** Keeps the schemas of schemas, which the library brings along. */
  private static final SchemaRegistry META_SCHEMAS = registry(SchemaRegistryConfig.getInstance());

  private final Schema schema;

  private JsonSchemaMatcher(Schema schema) {
    this.schema = schema;
  }

  /**
   * Reads a schema.
   *
   * @param value an object or a boolean, as {@link StrictJson} builds it
   * @throws IllegalArgumentException when it is no schema, too large, or needs another document;
   *     the message begins with "must"
   */
  public static JsonSchemaMatcher compile(@Nullable Object value) {
    return compile(value, new CompileBudget());
  }

  /** Reads one of several schemas, which share a budget. */
  public static JsonSchemaMatcher compile(@Nullable Object value, CompileBudget budget) {
    if (!(value instanceof Map<?, ?>) && !(value instanceof Boolean)) {
      throw new IllegalArgumentException("must be a JSON Schema: an object or a boolean");
    }
    JsonNode node = Json.tree(value);
    SchemaCheck check = new SchemaCheck(budget);
    check.schema(node, 1);
    budget.takeSchemaValues(check.values);
    try {
      String dialect = node.path("$schema").asText(DialectId.DRAFT_2020_12);
      List<Error> errors = META_SCHEMAS.getSchema(SchemaLocation.of(dialect)).validate(node);
      if (!errors.isEmpty()) {
        throw new SchemaException(text(errors.getFirst()));
      }
      // A registry for each, since it keeps what has an $id.
      Schema schema = registry(CONFIG).getSchema(node);
      schema.initializeValidators();
      return new JsonSchemaMatcher(schema);
    } catch (RuntimeException e) {
      // What is no URI, or no schema where one is referred to, the library reports in many ways.
      throw new IllegalArgumentException(
          "must be a JSON Schema: " + FieldProblems.shortened(String.valueOf(e.getMessage())), e);
    }
  }

  /** One that loads the schemas of schemas alone. */
  private static SchemaRegistry registry(SchemaRegistryConfig config) {
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12,
        builder ->
            builder
                .schemaLoader(loader -> loader.block(iri -> !isMetaSchema(String.valueOf(iri))))
                .schemaRegistryConfig(config));
  }

  private static boolean isMetaSchema(String iri) {
    return iri.startsWith("https://json-schema.org/draft/")
        || iri.startsWith("http://json-schema.org/draft-")
        || iri.startsWith("classpath:");
  }

  /** Whether a body is as the schema says. */
  public boolean matches(JsonNode body) throws MatchBoundException {
    return mismatch(body) == null;
  }

  /** What of a body is not as the schema says, the first thing found; null when all is. */
  public @Nullable String mismatch(JsonNode body) throws MatchBoundException {
    Work work = new Work();
    try {
      List<Error> errors =
          ScopedValue.where(Work.CURRENT, work)
              .call(() -> schema.validate(work, body, OutputFormat.DEFAULT));
      work.check();
      return errors.isEmpty() ? null : text(errors.getFirst());
    } catch (Work.BoundException bound) {
      throw new MatchBoundException("the JSON Schema needs more than " + bound.reason);
    } catch (SchemaException e) {
      // A dynamic reference is looked up when a body is there.
      throw new MatchBoundException(
          "the JSON Schema cannot be applied: "
              + FieldProblems.shortened(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      // What a reference leads to may be no schema, which the library finds out in many ways.
      throw new MatchBoundException(
          "the JSON Schema cannot be applied: its validation failed with "
              + e.getClass().getSimpleName());
    }
  }

  private static String text(Error error) {
    String place = error.getInstanceLocation() == null ? "" : error.getInstanceLocation() + " ";
    return FieldProblems.shortened(place + error.getMessage());
  }

  private static RegularExpression expression(String pattern) {
    TextRegex regex = TextRegex.compile(pattern, false);
    // What is thrown here the library would log, with the body's text.
    return text -> {
      if (!Work.spend(regex.work(text) / WORK_OF_A_STEP)) {
        return false;
      }
      try {
        return regex.find(text);
      } catch (MatchBoundException tooLong) {
        return !Work.spend(MAX_STEPS);
      }
    };
  }

  /** Counts what is done for one body: the library reports each keyword and element here. */
  private static final class Work extends ExecutionContext {

    static final ScopedValue<Work> CURRENT = ScopedValue.newInstance();

    private static final ExecutionConfig FIRST_ERROR =
        ExecutionConfig.builder().failFast(true).build();

    static final class BoundException extends RuntimeException {

      private static final long serialVersionUID = 1L;

      private final String reason;

      BoundException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
      }
    }

    private long steps;
    private int levels;

    Work() {
      super(FIRST_ERROR);
    }

    /**
     * Counts work that is done outside of the context.
     *
     * @return false when it is too much, which ends the matching with the next keyword
     */
    static boolean spend(long steps) {
      if (!CURRENT.isBound()) {
        return true;
      }
      Work work = CURRENT.get();
      work.steps += steps;
      return work.steps <= MAX_STEPS;
    }

    void check() {
      if (steps > MAX_STEPS) {
        throw new BoundException(MAX_STEPS + " steps");
      }
    }

    private void enter() {
      steps++;
      check();
      if (++levels > MAX_LEVELS) {
        throw new BoundException(MAX_LEVELS + " levels");
      }
    }

    @Override
    public void evaluationPathAddLast(String token) {
      enter();
      super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathAddLast(int token) {
      enter();
      super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathRemoveLast() {
      levels--;
      super.evaluationPathRemoveLast();
    }
  }

  /** Refuses, before anything is built of it, a schema that is too large or not whole in itself. */
  private static final class SchemaCheck {

    private final CompileBudget budget;
    private int values;

    SchemaCheck(CompileBudget budget) {
      this.budget = budget;
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
}
