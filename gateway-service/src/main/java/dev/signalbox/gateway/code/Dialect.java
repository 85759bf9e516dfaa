package dev.signalbox.gateway.code;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.PythonLiteral;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two ways document 2's clients write: JSON, and the text of a Python dict. */
enum Dialect {
  JSON,
  PYTHON;

  /**
   * A body and the dialect it is written in, which its answer shall be in too.
   *
   * @param fields what it says; empty when it is neither dialect or not an object
   */
  record Body(Dialect dialect, Map<String, @Nullable Object> fields) {}

  /** Tells the dialect by the content: whatever is JSON is JSON. */
  static Body read(Buffer body) {
    try {
      return new Body(JSON, StrictJson.object(body.getBytes()));
    } catch (JsonInputException notJson) {
      if (notJson.kind() == JsonInputException.Kind.TOO_LARGE) {
        throw notJson;
      }
      return python(body);
    }
  }

  private static Body python(Buffer body) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString();
      Dialect dialect = looksLikePython(text) ? PYTHON : JSON;
      try {
        if (PythonLiteral.parse(text) instanceof Map<?, ?> map) {
          @SuppressWarnings("unchecked") // PythonLiteral makes dicts with names as keys only.
          Map<String, @Nullable Object> fields = (Map<String, @Nullable Object>) map;
          return new Body(PYTHON, fields);
        }
      } catch (HttpException neither) {
        // Answered as a body without fields, in the dialect it seems to be.
      }
      return new Body(dialect, Map.of());
    } catch (CharacterCodingException e) {
      return new Body(JSON, Map.of());
    }
  }

  private static boolean looksLikePython(String text) {
    String start = text.stripLeading();
    return start.startsWith("{'") || start.startsWith("{ '");
  }

  private record Success(
      boolean success, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String unique) {}

  private record Failure(boolean success, String error) {}

  /** {@code success: true}, with a code if there is one to tell. */
  Response success(@Nullable String unique) {
    return switch (this) {
      case JSON -> Responses.json(200, new Success(true, unique));
      case PYTHON ->
          literal(
              200,
              "{'success': True"
                  + (unique == null ? "" : ", 'unique': " + PythonLiteral.quote(unique))
                  + "}");
    };
  }

  /** {@code success: false} with the error. */
  Response failure(int status, String error) {
    return switch (this) {
      case JSON -> Responses.json(status, new Failure(false, error));
      case PYTHON ->
          literal(status, "{'success': False, 'error': " + PythonLiteral.quote(error) + "}");
    };
  }

  private static Response literal(int status, String text) {
    return Response.of(status, "text/plain; charset=utf-8", Buffer.buffer(text));
  }
}
