package dev.signalbox.serverfactory.body;

import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The drafts of JSON Schema, with keywords that take their work from a budget where the library
 * counts a step however much they read.
 */
final class SchemaDialects {

  /** Two of them are named items, of which a draft has one. */
  private static final Map<KeywordType, KeywordCost> COSTS =
      Map.ofEntries(
          Map.entry(KeywordType.ENUM, KeywordCost.HASHED),
          Map.entry(KeywordType.CONST, KeywordCost.COMPARED),
          Map.entry(KeywordType.REQUIRED, KeywordCost.LOOKED_UP),
          Map.entry(KeywordType.PROPERTIES, KeywordCost.LOOKED_UP),
          Map.entry(KeywordType.ITEMS, KeywordCost.VISITED),
          Map.entry(KeywordType.ITEMS_LEGACY, KeywordCost.VISITED),
          Map.entry(KeywordType.PREFIX_ITEMS, KeywordCost.VISITED),
          Map.entry(KeywordType.CONTAINS, KeywordCost.VISITED),
          Map.entry(KeywordType.PROPERTY_NAMES, KeywordCost.VISITED),
          Map.entry(KeywordType.ADDITIONAL_PROPERTIES, KeywordCost.VISITED),
          Map.entry(KeywordType.DEPENDENCIES, KeywordCost.VISITED),
          Map.entry(KeywordType.DEPENDENT_REQUIRED, KeywordCost.VISITED),
          Map.entry(KeywordType.DEPENDENT_SCHEMAS, KeywordCost.VISITED),
          Map.entry(KeywordType.PATTERN_PROPERTIES, KeywordCost.TRIED),
          Map.entry(KeywordType.UNEVALUATED_ITEMS, KeywordCost.NOTED),
          Map.entry(KeywordType.UNEVALUATED_PROPERTIES, KeywordCost.NOTED),
          Map.entry(KeywordType.MIN_LENGTH, KeywordCost.COUNTED),
          Map.entry(KeywordType.MAX_LENGTH, KeywordCost.COUNTED),
          Map.entry(KeywordType.CONTENT_ENCODING, KeywordCost.PARSED),
          Map.entry(KeywordType.CONTENT_MEDIA_TYPE, KeywordCost.PARSED),
          Map.entry(KeywordType.MULTIPLE_OF, KeywordCost.DIVIDED));

  /** The default first. */
  static final List<Dialect> ALL =
      Stream.of(
              Dialects.getDraft202012(),
              Dialects.getDraft201909(),
              Dialects.getDraft7(),
              Dialects.getDraft6(),
              Dialects.getDraft4())
          .map(SchemaDialects::metered)
          .toList();

  private SchemaDialects() {}

  private static Dialect metered(Dialect dialect) {
    Dialect.Builder builder = Dialect.builder(dialect);
    Map<String, Keyword> keywords = dialect.getKeywords();
    COSTS.forEach((type, cost) -> {
      Keyword keyword = keywords.get(type.getValue());
      if (keyword != null) {
        builder.keyword(new MeteredKeyword(keyword, cost));
      }
    });
    if (keywords.containsKey(KeywordType.UNIQUE_ITEMS.getValue())) {
      builder.keyword(UniqueItems.KEYWORD);
    }
    return builder.build();
  }
}
