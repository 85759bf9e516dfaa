package dev.signalbox.gateway.code;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.PythonLiteral;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two dialects of document 2's clients: JSON, and the text of a Python dict. */
enum Dialect {
  JSON,
  PYTHON;

  /**
   * A body and its dialect, which the response uses too; without fields if it is neither dialect.
   */
  record Body(Dialect dialect, Map<String, @Nullable Object> fields) {}

  /** Detects the dialect; a body that is both is JSON. */
  static Body read(byte[] body) {
    try {
      return new Body(JSON, StrictJson.object(body));
    } catch (JsonInputException notJson) {
      if (notJson.kind() == JsonInputException.Kind.TOO_LARGE) {
        throw notJson;
      }
      return python(body);
    }
  }

  private static Body python(byte[] body) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      Dialect dialect = looksLikePython(text) ? PYTHON : JSON;
      try {
        if (PythonLiteral.parse(text) instanceof Map<?, ?> map) {
          @SuppressWarnings("unchecked") // PythonLiteral's dicts have String keys.
          Map<String, @Nullable Object> fields = (Map<String, @Nullable Object>) map;
          return new Body(PYTHON, fields);
        }
      } catch (HttpException neither) {
        // A body without fields, in the dialect that it resembles.
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

  /** {@code success: true}, with a code if any. */
  Response success(@Nullable String unique) {
    return switch (this) {
      case JSON -> Response.json(200, new Success(true, unique));
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
      case JSON -> Response.json(status, new Failure(false, error));
      case PYTHON ->
          literal(status, "{'success': False, 'error': " + PythonLiteral.quote(error) + "}");
    };
  }

  private static Response literal(int status, String text) {
    return Response.of(status, "text/plain; charset=utf-8", Buffer.buffer(text));
  }
}
