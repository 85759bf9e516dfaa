package dev.signalbox.cli.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A line of the file of tasks, as {@code POST /api/v1/tasks/stream} takes them. */
sealed interface TaskLine {

  /** Longest line, bytes. */
  int LONGEST = 1 << 20;

  /**
   * A task.
   *
   * @param id its name in the answers; null for its number
   * @param timeoutMs how long it may take; 0 for the usual
   */
  record Good(
      @Nullable String id, String taskName, Map<String, @Nullable Object> params, long timeoutMs)
      implements TaskLine {}

  /** A line that is none. */
  record Bad(String problem) implements TaskLine {}

  /** Reads a line. */
  static TaskLine parse(LineReader.Line line) {
    return line.tooLong()
        ? new Bad("The line is longer than " + LONGEST + " bytes")
        : new Parser(line.bytes().bytes()).parse();
  }

  /** Reads one line. */
  final class Parser {

    private static final ObjectReader READER =
        Json.mapper()
            .reader()
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final List<String> FIELDS = List.of("task_name", "params", "id", "timeout_ms");
    private static final int LONGEST_NAME = 200;
    private static final long LONGEST_TIMEOUT_MS = 3_600_000;

    private final byte[] line;

    private Parser(byte[] line) {
      this.line = line;
    }

    private TaskLine parse() {
      JsonNode json;
      try {
        json = READER.readTree(line);
      } catch (JsonProcessingException e) {
        return new Bad("The line is not valid JSON: " + e.getOriginalMessage());
      } catch (IOException e) {
        return new Bad("The line is not valid JSON in UTF-8");
      }
      if (!json.isObject()) {
        return new Bad("The line must be a JSON object");
      }
      return problem(json).<TaskLine>map(Bad::new).orElseGet(() -> good(json));
    }

    private static Optional<String> problem(JsonNode json) {
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (!FIELDS.contains(field.getKey())) {
          return Optional.of(field.getKey() + " is not known");
        }
      }
      JsonNode name = json.path("task_name");
      if (!name.isTextual()
          || name.textValue().isEmpty()
          || name.textValue().length() > LONGEST_NAME) {
        return Optional.of("task_name is required, a text");
      }
      JsonNode id = json.path("id");
      if (id.isTextual() ? id.textValue().length() > LONGEST_NAME : given(id)) {
        return Optional.of("id must be a text of at most " + LONGEST_NAME + " characters");
      }
      if (given(json.path("params")) && !json.path("params").isObject()) {
        return Optional.of("params must be an object");
      }
      JsonNode timeout = json.path("timeout_ms");
      boolean usable = timeout.isIntegralNumber() && timeout.canConvertToLong();
      if (given(timeout)
          && (!usable || timeout.asLong() < 1 || timeout.asLong() > LONGEST_TIMEOUT_MS)) {
        return Optional.of("timeout_ms must be a whole number from 1 to " + LONGEST_TIMEOUT_MS);
      }
      return Optional.empty();
    }

    private static boolean given(JsonNode node) {
      return !node.isMissingNode() && !node.isNull();
    }

    private static Good good(JsonNode json) {
      @SuppressWarnings("unchecked") // An object's members have names.
      Map<String, @Nullable Object> params =
          given(json.path("params"))
              ? Json.mapper().convertValue(json.path("params"), Map.class)
              : Map.of();
      return new Good(
          given(json.path("id")) ? json.path("id").textValue() : null,
          json.path("task_name").textValue(),
          params,
          json.path("timeout_ms").asLong(0));
    }
  }
}
