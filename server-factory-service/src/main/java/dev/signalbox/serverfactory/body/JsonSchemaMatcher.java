package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema of drafts 4 to 2020-12 (the last unless {@code $schema} names another). References
 * lead to places of the same schema alone, patterns are those of RE2, {@code format} is not
 * checked. What a schema of references does to a body is bounded in steps and levels. Safe for any
 * number of threads.
 */
public final class JsonSchemaMatcher {

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .formatAssertionsEnabled(false)
          .regularExpressionFactory(JsonSchemaMatcher::expression)
          .preloadSchema(true)
          .build();

  /** Keeps the schemas of schemas, which the library brings along. */
  private static final SchemaRegistry META_SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder -> configure(builder, SchemaRegistryConfig.getInstance()));

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
    budget.takeSchemaValues(check.values());
    try {
      String dialect = node.path("$schema").asText(DialectId.DRAFT_2020_12);
      List<Error> errors = META_SCHEMAS.getSchema(SchemaLocation.of(dialect)).validate(node);
      if (!errors.isEmpty()) {
        throw new SchemaException(text(errors.getFirst()));
      }
      // A registry for each, since it keeps what has an $id.
      Schema schema =
          SchemaRegistry.withDialects(SchemaDialects.ALL, builder -> configure(builder, CONFIG))
              .getSchema(node);
      schema.initializeValidators();
      return new JsonSchemaMatcher(schema);
    } catch (RuntimeException e) {
      // What is no URI, or no schema where one is referred to, the library reports in many ways.
      throw new IllegalArgumentException(
          "must be a JSON Schema: " + FieldProblems.shortened(String.valueOf(e.getMessage())), e);
    }
  }

  /** It loads the schemas of schemas alone. */
  private static void configure(SchemaRegistry.Builder builder, SchemaRegistryConfig config) {
    builder
        .schemaLoader(loader -> loader.block(iri -> !isMetaSchema(String.valueOf(iri))))
        .schemaRegistryConfig(config);
  }

  private static boolean isMetaSchema(String iri) {
    return iri.startsWith("https://json-schema.org/draft/")
        || iri.startsWith("http://json-schema.org/draft-")
        || iri.startsWith("classpath:");
  }

  /** Whether a body is as the schema says. */
  public boolean matches(JsonNode body, MatchBudget budget) throws MatchBoundException {
    return mismatch(body, budget) == null;
  }

  /** What of a body is not as the schema says, the first thing found; null when all is. */
  public @Nullable String mismatch(JsonNode body, MatchBudget budget) throws MatchBoundException {
    SchemaWork work = new SchemaWork(budget);
    try {
      List<Error> errors =
          ScopedValue.where(SchemaWork.CURRENT, work)
              .call(() -> schema.validate(work, body, OutputFormat.DEFAULT));
      work.check();
      return errors.isEmpty() ? null : text(errors.getFirst());
    } catch (SchemaWork.BoundException bound) {
      // With the words of the budget, when it is that which is spent.
      budget.take(0);
      throw new MatchBoundException("the JSON Schema needs more than " + bound.reason());
    } catch (SchemaException e) {
      // A dynamic reference is looked up when a body is there.
      throw new MatchBoundException(
          "the JSON Schema cannot be applied: "
              + FieldProblems.shortened(String.valueOf(e.getMessage())));
    } catch (StackOverflowError deep) {
      throw new MatchBoundException("the JSON Schema cannot be applied: it nests too deep");
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
    return text -> SchemaWork.found(regex, text);
  }
}
