package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import org.jspecify.annotations.Nullable;

/** A keyword of the library that first takes what it does to the value that it is given. */
final class MeteredKeyword extends AbstractKeyword {

  private final Keyword keyword;
  private final KeywordCost cost;

  MeteredKeyword(Keyword keyword, KeywordCost cost) {
    super(keyword.getValue());
    this.keyword = keyword;
    this.cost = cost;
  }

  @Override
  public @Nullable KeywordValidator newValidator(
      SchemaLocation location, JsonNode value, Schema parent, SchemaContext context)
      throws Exception {
    KeywordValidator validator = keyword.newValidator(location, value, parent, context);
    return validator == null ? null : new Metered(validator, cost, value, cost.ofSchema(value));
  }

  private record Metered(
      KeywordValidator validator, KeywordCost cost, JsonNode value, long ofSchema)
      implements KeywordValidator {

    @Override
    public void validate(
        ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
      if (context instanceof SchemaWork work) {
        work.take(cost.of(value, ofSchema, node, work, location));
      }
      validator.validate(context, node, root, location);
    }

    @Override
    public void preloadSchema() {
      validator.preloadSchema();
    }

    @Override
    public String getKeyword() {
      return validator.getKeyword();
    }

    @Override
    public SchemaLocation getSchemaLocation() {
      return validator.getSchemaLocation();
    }
  }
}
