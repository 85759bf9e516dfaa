package dev.signalbox.serverfactory.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.serverfactory.body.JsonPathMatcher;
import dev.signalbox.serverfactory.body.JsonSchemaMatcher;
import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.body.MatchBudget;
import dev.signalbox.serverfactory.body.TextRegex;
import dev.signalbox.serverfactory.body.TextSearch;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A condition on the body of a request. */
public sealed interface BodyMatch {

  /**
   * Why a body does not fulfil it; null when it does.
   *
   * @throws MatchBoundException when telling so takes too much work
   */
  @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException;

  /** The body is this text. */
  record EqualText(String text) implements BodyMatch {
    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException {
      budget.takeCharacters(text.length());
      return body.text().equals(text) ? null : "body is not " + NearMissText.shown(text);
    }
  }

  /** The body holds this text. */
  record Contains(String text) implements BodyMatch {
    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException {
      return TextSearch.contains(body.text(), text, budget)
          ? null
          : "body does not contain " + NearMissText.shown(text);
    }
  }

  /** The expression is found in the body. */
  record Regex(TextRegex regex) implements BodyMatch {
    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException {
      return regex.find(body.text(), budget)
          ? null
          : "body does not match " + NearMissText.shown(regex.toString());
    }
  }

  /** The body is this JSON value, whatever the order of members and the form of numbers. */
  record EqualJson(JsonNode json) implements BodyMatch {

    private static final Comparator<JsonNode> SAME =
        (one, other) ->
            one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue())
                : one.equals(other) ? 0 : 1;

    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) {
      // It looks at no more than the definition has, which bounds all of them together.
      JsonNode received = body.json();
      if (received == null) {
        return "body is not JSON";
      }
      return json.equals(SAME, received)
          ? null
          : "body is not the JSON " + NearMissText.shown(json.toString());
    }
  }

  /**
   * What stands at a JSON path fulfils a condition.
   *
   * @param text the path as the definition has it
   */
  record AtPath(String text, JsonPathMatcher path, ValueMatcher matcher) implements BodyMatch {
    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException {
      JsonNode json = body.json();
      List<String> values = json == null ? List.of() : path.values(json, budget);
      return matcher.test(values, budget)
          ? null
          : json == null
              ? "body is not JSON"
              : NearMissText.of("body at " + NearMissText.shown(text), values, matcher);
    }
  }

  /** The body is JSON as a schema describes. */
  record Schema(JsonSchemaMatcher schema) implements BodyMatch {
    @Override
    public @Nullable String miss(RequestBody body, MatchBudget budget) throws MatchBoundException {
      JsonNode json = body.json();
      if (json == null) {
        return "body is not JSON";
      }
      String mismatch = schema.mismatch(json, budget);
      return mismatch == null ? null : "body breaks the schema: " + NearMissText.shown(mismatch);
    }
  }
}
