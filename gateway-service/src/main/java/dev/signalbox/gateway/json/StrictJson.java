package dev.signalbox.gateway.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads clients' JSON into maps, lists, strings, Integer, Long, BigInteger, Double, Boolean and
 * null. Strict where two readers could understand two things: no duplicate names, nothing after the
 * end, no number too large for its type, at most {@value #MAX_DEPTH} levels.
 */
public final class StrictJson {

  static final int MAX_DEPTH = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(100)
                  .maxNameLength(1_000)
                  // The body's own limit bounds strings.
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private StrictJson() {}

  /**
   * Reads an object.
   *
   * @throws HttpException 400 when the text is not JSON or not an object
   */
  public static Map<String, @Nullable Object> object(Buffer body) {
    return asObject(value(body));
  }

  /** A value that must be an object. */
  static Map<String, @Nullable Object> asObject(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // All maps are made below, with names as keys.
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      return object;
    }
    throw HttpException.malformed("The body must be a JSON object");
  }

  /**
   * Reads one value.
   *
   * @throws HttpException 400 when the text is not JSON
   */
  public static @Nullable Object value(Buffer body) {
    if (body.length() == 0) {
      throw HttpException.malformed("The body is empty; JSON is expected");
    }
    try (JsonParser parser = FACTORY.createParser(body.getBytes())) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw HttpException.malformed("The body is empty; JSON is expected");
      }
      Object value = read(parser, first);
      if (parser.nextToken() != null) {
        throw HttpException.malformed("There is something after the JSON in the body");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw HttpException.malformed(
          "The JSON in the body is nested deeper than "
              + MAX_DEPTH
              + " levels, or has too long a number or name");
    } catch (JsonProcessingException e) {
      throw HttpException.malformed("The body is not valid JSON" + place(e));
    } catch (IOException e) {
      // Malformed UTF-8 shows itself as a plain IOException.
      throw HttpException.malformed("The body is not valid JSON in UTF-8");
    }
  }

  private static String place(JsonProcessingException e) {
    String reason = e.getOriginalMessage();
    String duplicate = reason != null && reason.startsWith("Duplicate") ? ": " + reason : "";
    return e.getLocation() == null
        ? duplicate
        : duplicate
            + " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  // Recursion is bounded by the parser's nesting limit.
  private static @Nullable Object read(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> readArray(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> readDouble(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw HttpException.malformed("The body is not valid JSON");
    };
  }

  private static Map<String, @Nullable Object> readObject(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    String name = parser.nextFieldName();
    while (name != null) {
      if (object.containsKey(name)) {
        throw new JsonParseException(parser, "Duplicate field '" + name + "'");
      }
      object.put(name, read(parser, parser.nextToken()));
      name = parser.nextFieldName();
    }
    return object;
  }

  private static List<@Nullable Object> readArray(JsonParser parser) throws IOException {
    List<@Nullable Object> array = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(read(parser, token));
    }
    return array;
  }

  private static Double readDouble(JsonParser parser) throws IOException {
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw HttpException.malformed("A number in the body is too large");
    }
    return number;
  }
}
