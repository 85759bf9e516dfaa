package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code uniqueItems}, in place of the library's own: a client can choose thousands of large values
 * of one hash code, which a set compares with one another, and here each comparison is counted
 * before it is made.
 */
final class UniqueItems extends BaseKeywordValidator {

  /** Makes validators of this class. */
  static final Keyword KEYWORD =
      new AbstractKeyword(KeywordType.UNIQUE_ITEMS.getValue()) {
        @Override
        public KeywordValidator newValidator(
            SchemaLocation location, JsonNode value, Schema parent, SchemaContext context) {
          return new UniqueItems(location, value, parent, context);
        }
      };

  /** An element, and the one before it of the same hash. */
  private record Seen(JsonNode element, long weight, @Nullable Seen before) {}

  private final boolean unique;

  private UniqueItems(
      SchemaLocation location, JsonNode value, Schema parent, SchemaContext context) {
    super(KeywordType.UNIQUE_ITEMS, value, location, parent, context);
    this.unique = value.asBoolean();
  }

  @Override
  public void validate(ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
    if (unique
        && node.isArray()
        && context instanceof SchemaWork work
        && hasEqualElements(node, work)) {
      context.addError(
          error()
              .instanceNode(node)
              .instanceLocation(location)
              .evaluationPath(context.getEvaluationPath())
              .locale(context.getExecutionConfig().getLocale())
              .build());
    }
  }

  private static boolean hasEqualElements(JsonNode array, SchemaWork work) {
    Map<Integer, Seen> byHash = new HashMap<>();
    for (JsonNode element : array) {
      long weight = JsonWeight.of(element);
      work.take(KeywordCost.hashing(weight));
      int hash = element.hashCode();
      Seen same = byHash.get(hash);
      for (Seen other = same; other != null; other = other.before()) {
        work.take(KeywordCost.comparing(Math.min(weight, other.weight())));
        if (other.element().equals(element)) {
          return true;
        }
      }
      byHash.put(hash, new Seen(element, weight, same));
    }
    return false;
  }
}
