package dev.signalbox.platform.task;

import dev.signalbox.platform.json.WholeNumber;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a task, declared once: its name, type, bounds and default decide how it is read,
 * and with its title, description and examples how clients see it, in the JSON Schema (2020-12) and
 * in the options of a command.
 *
 * @param <T> what reading gives
 */
public final class Param<T extends @Nullable Object> {

  private static final String DEFAULT = "default";
  private static final String ANY_CASE = "upper or lower case";
  private static final String MIN_LENGTH = "minLength";

  /**
   * Reads a parameter.
   *
   * @param <T> what reading gives
   */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {

    /** The value; a problem is noted, and something harmless returned. */
    T read(TaskParams params, String name);
  }

  private final String name;
  private final boolean required;
  private final Map<String, Object> schema;
  private final List<Param<?>> members;
  private final List<CommandOption> options;
  private final Reader<T> reader;

  private Param(
      String name,
      boolean required,
      Map<String, Object> schema,
      List<Param<?>> members,
      List<CommandOption> options,
      Reader<T> reader) {
    this.name = name;
    this.required = required;
    this.schema = Collections.unmodifiableMap(schema);
    this.members = List.copyOf(members);
    this.options = List.copyOf(options);
    this.reader = reader;
  }

  private static <T extends @Nullable Object> Param<T> of(
      String name, Map<String, Object> schema, Reader<T> reader) {
    return new Param<>(name, false, schema, List.of(), List.of(), reader);
  }

  /** A text that must be there: 1 to {@code maxLength} characters, no control characters. */
  public static Param<String> text(String name, String description, int maxLength) {
    return new Param<>(
        name,
        true,
        schema("string", description, MIN_LENGTH, 1, "maxLength", maxLength),
        List.of(),
        List.of(),
        (params, key) -> params.text(key, maxLength));
  }

  /** A text of at most {@code maxLength} characters, no control characters; null when absent. */
  public static Param<@Nullable String> optionalText(
      String name, String description, int maxLength) {
    return of(
        name,
        schema("string", description, "maxLength", maxLength),
        (params, key) -> params.optionalText(key, maxLength));
  }

  /** A text of at most {@code maxLength} characters, no control characters, with a default. */
  public static Param<String> text(
      String name, String description, int maxLength, String otherwise) {
    return of(
        name,
        schema("string", description, "maxLength", maxLength, DEFAULT, otherwise),
        (params, key) -> {
          String text = params.optionalText(key, maxLength);
          return text == null ? otherwise : text;
        });
  }

  /** A text of at most {@code maxLength} characters of any kind; null when absent. */
  public static Param<@Nullable String> content(String name, String description, int maxLength) {
    return of(
        name,
        schema("string", description, "maxLength", maxLength),
        (params, key) -> params.optionalContent(key, maxLength));
  }

  /** A whole number within bounds, both allowed, with a default. */
  public static Param<Integer> integer(
      String name, String description, int min, int max, int otherwise) {
    return of(
        name,
        schema("integer", description, "minimum", min, "maximum", max, DEFAULT, otherwise),
        (params, key) -> (int) params.integer(key, otherwise, min, max));
  }

  /** A whole number within bounds, both allowed; null when absent. */
  public static Param<@Nullable Integer> optionalInteger(
      String name, String description, int min, int max) {
    return of(
        name,
        schema("integer", description, "minimum", min, "maximum", max),
        (params, key) ->
            params.has(key) ? (Integer) (int) params.integer(key, min, min, max) : null);
  }

  /** A whole number as by {@link #integer}, as a number or as its decimal digits in a text. */
  public static Param<Integer> integerOrDigits(
      String name, String description, int min, int max, int otherwise) {
    return of(
            name,
            digits(description, min, max),
            (params, key) -> (int) params.integerOrDigits(key, otherwise, min, max))
        .with(DEFAULT, otherwise);
  }

  /** A whole number as by {@link #integerOrDigits}; null when absent. */
  public static Param<@Nullable Integer> optionalIntegerOrDigits(
      String name, String description, int min, int max) {
    return of(
        name,
        digits(description, min, max),
        (params, key) ->
            params.has(key) ? (Integer) (int) params.integerOrDigits(key, min, min, max) : null);
  }

  /** JSON Schema has no range for digits in a text: their number is as near as it comes. */
  private static Map<String, Object> digits(String description, int min, int max) {
    Map<String, Object> schema = schema("integer", description, "minimum", min, "maximum", max);
    schema.put("type", List.of("integer", "string"));
    int length = Integer.toString(max).length();
    int zeros = WholeNumber.MAX_LENGTH - length;
    schema.put("pattern", "^0{0," + zeros + "}[0-9]{1," + length + "}$");
    return schema;
  }

  /** True or false, with a default. */
  public static Param<Boolean> bool(String name, String description, boolean otherwise) {
    return of(
        name,
        schema("boolean", description, DEFAULT, otherwise),
        (params, key) -> params.bool(key, otherwise));
  }

  /** True or false; null when absent, for what then depends on other things. */
  public static Param<@Nullable Boolean> optionalBool(String name, String description) {
    return of(
        name,
        schema("boolean", description),
        (params, key) -> params.has(key) ? (Boolean) params.bool(key, false) : null);
  }

  /** One of some words, in any case, with a default. */
  public static Param<String> oneOf(
      String name, String description, String otherwise, List<String> words) {
    List<String> all = List.copyOf(words);
    return of(
        name,
        schema("string", description, "enum", all, DEFAULT, otherwise, "$comment", ANY_CASE),
        (params, key) -> params.oneOf(key, otherwise, all));
  }

  /**
   * A list of 1 to {@code maxItems} texts, each with 1 to the maximum length of {@code item}; empty
   * when absent.
   */
  public static Param<List<String>> texts(
      String name, String description, int maxItems, Param<?> item) {
    Map<String, Object> items = new LinkedHashMap<>(item.schema);
    items.remove("title");
    items.remove(DEFAULT);
    items.put(MIN_LENGTH, 1);
    int maxLength = (int) Objects.requireNonNull(items.get("maxLength"), "a text has a length");
    return of(
        name,
        schema("array", description, "minItems", 1, "maxItems", maxItems, "items", items),
        (params, key) -> {
          if (params.any(key) instanceof List<?> list && list.isEmpty()) {
            params.problem(key, "must name at least one");
          }
          return params.texts(key, maxItems, maxLength);
        });
  }

  /** An object with parameters of its own, to be read when it {@link #isGiven is given}. */
  public static Param<TaskParams> object(String name, String description, Param<?>... members) {
    Map<String, Object> schema = TaskSpec.schema(List.of(members), List.of());
    schema.put("description", description);
    return new Param<>(
        name, false, schema, List.of(members), List.of(), (params, key) -> params.nested(key));
  }

  /** A list of objects with parameters of their own; empty when absent. */
  public static Param<List<TaskParams>> objects(
      String name, String description, int maxItems, Param<TaskParams> item) {
    return of(
        name,
        schema("array", description, "maxItems", maxItems, "items", item.schema),
        (params, key) -> params.nestedList(key, maxItems));
  }

  /**
   * A parameter with a schema and a reader of its own.
   *
   * @param schema with the keywords {@code type} and {@code description}
   */
  public static <T extends @Nullable Object> Param<T> custom(
      String name, Map<String, Object> schema, Reader<T> reader) {
    return of(name, new LinkedHashMap<>(schema), reader);
  }

  private static Map<String, Object> schema(String type, String description, Object... more) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type);
    schema.put("description", description);
    for (int i = 0; i < more.length; i += 2) {
      schema.put((String) more[i], more[i + 1]);
    }
    return schema;
  }

  /** The same; a task without it is refused. */
  public Param<T> required() {
    return new Param<>(
        name,
        true,
        schema,
        members,
        options,
        (params, key) -> {
          if (!params.has(key)) {
            params.problem(key, "is required");
          }
          return reader.read(params, key);
        });
  }

  /** The same under a short name for people, as the label of a field in a form. */
  public Param<T> titled(String title) {
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("title", title);
    more.putAll(schema);
    return withSchema(more);
  }

  /** The same with a further keyword of JSON Schema, for clients alone: reading does not check. */
  public Param<T> with(String keyword, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(schema);
    more.put(keyword, value);
    return withSchema(more);
  }

  /** The same with values that clients may choose or imitate. */
  public Param<T> examples(Object... values) {
    return with("examples", List.of(values));
  }

  private Param<T> withSchema(Map<String, Object> other) {
    return new Param<>(name, required, other, members, options, reader);
  }

  /** The same with an option of a command line. */
  public Param<T> option(CommandOption option) {
    List<CommandOption> more = new ArrayList<>(options);
    more.add(option);
    return new Param<>(name, required, schema, members, more, reader);
  }

  /**
   * The same, read in another way than its type is, for tasks with words of their own for errors.
   */
  public <U extends @Nullable Object> Param<U> readBy(Reader<U> other) {
    return new Param<>(name, required, schema, members, options, other);
  }

  /** The same with its value converted. */
  public <U extends @Nullable Object> Param<U> map(Function<T, U> conversion) {
    return new Param<>(
        name,
        required,
        schema,
        members,
        options,
        (params, key) -> conversion.apply(reader.read(params, key)));
  }

  /** Reads it; a problem is noted in {@code params}. */
  public T read(TaskParams params) {
    return reader.read(params, name);
  }

  /** Whether it is there and not null. */
  public boolean isGiven(TaskParams params) {
    return params.has(name);
  }

  /** Notes a problem of its value that the caller found. */
  public void problem(TaskParams params, String rule) {
    params.problem(name, rule);
  }

  /** Excludes another parameter: when both are given, this one has the problem. */
  public void excludes(Param<?> other, TaskParams params) {
    if (isGiven(params) && other.isGiven(params)) {
      problem(params, "cannot be combined with " + other.name);
    }
  }

  /** Its name in {@code params}. */
  public String name() {
    return name;
  }

  /** Whether a task without it is refused. */
  public boolean isRequired() {
    return required;
  }

  /** Its JSON Schema. */
  public Map<String, Object> schema() {
    return schema;
  }

  /** The parameters inside it, when it is an object. */
  public List<Param<?>> members() {
    return members;
  }

  /** The options of a command line that set it. */
  public List<CommandOption> options() {
    return options;
  }
}
