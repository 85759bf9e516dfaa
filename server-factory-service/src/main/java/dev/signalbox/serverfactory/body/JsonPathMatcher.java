package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.JsonPath;
import java.util.List;

/** What stands at a JSON path of a body. */
public final class JsonPathMatcher {

  private static final int MAX_LENGTH = 1_000;

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

  /** The values there, in the order of the document; a string without quotes, the rest as JSON. */
  public List<String> values(JsonNode body) {
    return path.find(body).stream()
        .map(node -> node.isTextual() ? node.textValue() : node.toString())
        .toList();
  }
}
