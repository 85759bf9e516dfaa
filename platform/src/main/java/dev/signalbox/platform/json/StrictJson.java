package dev.signalbox.platform.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.signalbox.platform.json.JsonInputException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) that comes from outside into maps, lists, strings, Integer, Long,
 * BigInteger, Double, Boolean and null. Strict where two readers could understand two things:
 *
 * <ul>
 *   <li>well-formed UTF-8 alone, without a byte order mark;
 *   <li>no duplicate names, nothing after the value, no NaN or Infinity;
 *   <li>no number beyond a double's range, none longer than {@value #MAX_NUMBER} characters;
 *   <li>no escape of a lone surrogate, such as D800: a string with one is no Unicode text and could
 *       not be written as UTF-8 again (RFC 7493 section 2.1);
 *   <li>at most {@value #MAX_DEPTH} levels, names of at most {@value #MAX_NAME} characters, and no
 *       more values than {@link JsonLimits} allow.
 * </ul>
 */
public final class StrictJson {

  /** Levels of objects and arrays. */
  public static final int MAX_DEPTH = 64;

  private static final int MAX_NUMBER = 100;
  private static final int MAX_NAME = 1_000;

  /** What a message says of the parser's classes and settings, around what it says of the text. */
  private static final Pattern PARSER_WORDS =
      Pattern.compile(
          "\\[Source: [^;]*; (line: \\d+, column: \\d+)]|, from `[^`]*`(\\))|: enable `[^`]*` to allow");

  private static final int MAX_REASON = 200;
  private static final int DECODED_CHARS = 4_096;

  // Names are not shared between documents: clients could fill such a table with new names.
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // Counted below, with a message of its own.
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxNumberLength(MAX_NUMBER)
                  .maxNameLength(MAX_NAME)
                  // The limit on the bytes received bounds strings.
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser parser;
  private final JsonLimits limits;
  private int values;
  private int depth;

  private StrictJson(JsonParser parser, JsonLimits limits) {
    this.parser = parser;
    this.limits = limits;
  }

  /**
   * Reads an object within {@link JsonLimits#DEFAULT}.
   *
   * @throws JsonInputException when the text is not JSON, not an object or too large
   */
  public static Map<String, @Nullable Object> object(byte[] json) {
    return object(json, JsonLimits.DEFAULT);
  }

  /**
   * Reads an object.
   *
   * @throws JsonInputException when the text is not JSON, not an object or too large
   */
  public static Map<String, @Nullable Object> object(byte[] json, JsonLimits limits) {
    if (value(json, limits) instanceof Map<?, ?> map) {
      return named(map);
    }
    throw new JsonInputException(Kind.MALFORMED, "expected an object", 1, 1);
  }

  /**
   * Reads one value.
   *
   * @throws JsonInputException when the text is not JSON or too large
   */
  public static @Nullable Object value(byte[] json, JsonLimits limits) {
    try (JsonParser parser = parser(json)) {
      return new StrictJson(parser, limits).document();
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
      throw new JsonInputException(
          Kind.MALFORMED,
          reason(e),
          Math.max(1, place.getLineNr()),
          Math.max(1, place.getColumnNr()));
    } catch (IOException e) {
      throw new JsonInputException(Kind.MALFORMED, "unreadable", 1, 1);
    }
  }

  /** A map of {@link StrictJson}: its keys are names. */
  public static Map<String, @Nullable Object> named(Map<?, ?> map) {
    @SuppressWarnings("unchecked") // All maps are made below, with names as keys.
    Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
    return object;
  }

  /**
   * A parser of bytes that are well-formed UTF-8. Jackson guesses the encoding and takes overlong
   * forms; what passes here it can only take for UTF-8, for its guesses at UTF-16 and UTF-32 need a
   * byte order mark or a NUL.
   */
  private static JsonParser parser(byte[] json) throws IOException {
    if (json.length >= 3
        && json[0] == (byte) 0xEF
        && json[1] == (byte) 0xBB
        && json[2] == (byte) 0xBF) {
      throw new JsonInputException(Kind.MALFORMED, "a byte order mark is not allowed", 1, 1);
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // It reports what is malformed.
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer chars = CharBuffer.allocate(Math.min(json.length, DECODED_CHARS) + 1);
    CoderResult result = decoder.decode(bytes, chars, true);
    while (result.isOverflow()) {
      chars.clear();
      result = decoder.decode(bytes, chars, true);
    }
    if (result.isError()) {
      throw at(json, bytes.position(), "not well-formed UTF-8");
    }
    for (int i = 0; i < json.length; i++) {
      if (json[i] == 0) {
        throw at(json, i, "NUL byte; the encoding must be UTF-8");
      }
    }
    // A short text is decoded whole by now.
    return json.length <= DECODED_CHARS
        ? FACTORY.createParser(chars.array(), 0, chars.position())
        : FACTORY.createParser(json);
  }

  private static JsonInputException at(byte[] json, int position, String reason) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < position; i++) {
      column++;
      if (json[i] == '\n') {
        line++;
        column = 1;
      }
    }
    return new JsonInputException(Kind.MALFORMED, reason, line, column);
  }

  private static String reason(JsonProcessingException e) {
    String reason = PARSER_WORDS.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("$1$2");
    StringBuilder shown = new StringBuilder(MAX_REASON);
    for (int i = 0; i < reason.length() && i < MAX_REASON; i++) {
      char c = reason.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return shown.append(reason.length() > MAX_REASON ? "..." : "").toString();
  }

  private JsonInputException malformed(String reason) {
    return failure(Kind.MALFORMED, reason);
  }

  private JsonInputException failure(Kind kind, String reason) {
    JsonLocation place = parser.currentTokenLocation();
    return new JsonInputException(
        kind, reason, Math.max(1, place.getLineNr()), Math.max(1, place.getColumnNr()));
  }

  private @Nullable Object document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw malformed("the text is empty");
    }
    Object value = read(first);
    if (parser.nextToken() != null) {
      throw malformed("text after the value");
    }
    return value;
  }

  // Recursion is bounded by the depth.
  private @Nullable Object read(JsonToken token) throws IOException {
    if (++values > limits.maxValues()) {
      throw failure(Kind.TOO_LARGE, "more than " + limits.maxValues() + " values");
    }
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array(Integer.MAX_VALUE, "");
      case VALUE_STRING -> text(parser.getText());
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> decimal();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw malformed("expected a value");
    };
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw malformed("more than " + MAX_DEPTH + " levels");
    }
  }

  private Map<String, @Nullable Object> object() throws IOException {
    enter();
    // Most objects have a few members; the usual table of 16 would be most of their memory.
    Map<String, @Nullable Object> object = new LinkedHashMap<>(4);
    String name = parser.nextFieldName();
    while (name != null) {
      if (object.containsKey(name)) {
        throw malformed("the name \"" + JsonPointers.shortened(name) + "\" occurs twice");
      }
      object.put(text(name), member(name));
      name = parser.nextFieldName();
    }
    depth--;
    return object;
  }

  private @Nullable Object member(String name) throws IOException {
    JsonToken token = parser.nextToken();
    return depth == 1 && token == JsonToken.START_ARRAY && name.equals(limits.array())
        ? array(limits.maxItems(), name)
        : read(token);
  }

  private List<@Nullable Object> array(int maxItems, String name) throws IOException {
    enter();
    List<@Nullable Object> array = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (array.size() == maxItems) {
        throw failure(Kind.TOO_LARGE, name + " has more than " + maxItems + " items");
      }
      array.add(read(token));
    }
    depth--;
    return array;
  }

  private Double decimal() throws IOException {
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw malformed("number out of range");
    }
    return number;
  }

  private String text(String text) {
    if (!UnicodeText.wellFormed(text)) {
      throw malformed("lone surrogate in a string");
    }
    return text;
  }
}
