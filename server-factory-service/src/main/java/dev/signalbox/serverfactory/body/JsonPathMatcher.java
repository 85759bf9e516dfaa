package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.JsonPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What stands at a JSON path of a body. */
public final class JsonPathMatcher {

  private static final int MAX_LENGTH = 1_000;

  /** How many times the time of a copy it takes to write JSON. */
  private static final int WRITTEN_READINGS = 4;

  private final JsonPath path;

  private JsonPathMatcher(JsonPath path) {
    this.path = path;
  }

  /**
   * Reads a path in the syntax of {@link JsonPath}.
   *
   * @throws IllegalArgumentException when it is none; the message begins with "must"
   */
  public static JsonPathMatcher compile(String path) {
    return compile(path, new CompileBudget());
  }

  /** Reads one of several paths, which share a budget. */
  public static JsonPathMatcher compile(String path, CompileBudget budget) {
    budget.takePathCharacters(path.length());
    if (path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("must be at most " + MAX_LENGTH + " characters");
    }
    try {
      return new JsonPathMatcher(JsonPath.parse(path));
    } catch (JsonPath.JsonPathException e) {
      throw new IllegalArgumentException(e.rule(), e);
    }
  }

  /**
   * The values there, in the order of the document; a string without quotes, the rest as JSON.
   *
   * @throws MatchBoundException when the budget does not allow to visit them
   */
  public List<String> values(JsonNode body, MatchBudget budget) throws MatchBoundException {
    List<JsonNode> nodes = path.find(body, budget::take);
    List<String> values = new ArrayList<>(nodes.size());
    for (JsonNode node : nodes) {
      if (node.isTextual()) {
        values.add(node.textValue());
      } else {
        // Its length is known by then alone; what stands at one path is no longer than the body.
        String json = node.toString();
        budget.takeCharacters(WRITTEN_READINGS * (long) json.length());
        values.add(json);
      }
    }
    return Collections.unmodifiableList(values);
  }
}
