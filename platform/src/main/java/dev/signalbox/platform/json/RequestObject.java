package dev.signalbox.platform.json;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of an object that a client sent. A getter that finds something wrong notes it under
 * the field's JSON Pointer and returns something harmless; {@link #end()} reports all problems
 * together, unknown fields among them, of this object and of those read through it. A field that is
 * null counts as absent.
 */
public final class RequestObject {

  private static final String UNKNOWN = "is not a known field";
  private static final int MAX_WORD = 64;

  /** Up to this number a {@code double} holds every whole number. */
  private static final double MAX_EXACT = 0x1p53;

  private final Map<String, @Nullable Object> members;
  private final @Nullable RequestObject parent;
  private final String place;
  private final String unknown;
  private final FieldProblems problems;
  private final Set<String> known = new HashSet<>();
  private final List<RequestObject> children = new ArrayList<>(0);

  private RequestObject(
      Map<String, @Nullable Object> members,
      @Nullable RequestObject parent,
      String place,
      String unknown,
      FieldProblems problems) {
    this.members = members;
    this.parent = parent;
    this.place = place;
    this.unknown = unknown;
    this.problems = problems;
  }

  /**
   * The object in a JSON text.
   *
   * @throws JsonInputException when the text is not JSON, not an object or too large
   */
  public static RequestObject parse(byte[] json) {
    return of(StrictJson.object(json));
  }

  /**
   * The object in a JSON text.
   *
   * @throws JsonInputException when the text is not JSON, not an object or too large
   */
  public static RequestObject parse(byte[] json, JsonLimits limits) {
    return of(StrictJson.object(json, limits));
  }

  /** An object that was read already. */
  public static RequestObject of(Map<String, @Nullable Object> members) {
    return of(members, UNKNOWN);
  }

  /** The same with the message for an unknown field. */
  public static RequestObject of(Map<String, @Nullable Object> members, String unknown) {
    return new RequestObject(members, null, "", unknown, new FieldProblems());
  }

  /** A member; known from now on. Most that are asked for are absent and need no remembering. */
  private @Nullable Object take(String name) {
    Object value = members.get(name);
    if (value != null || members.containsKey(name)) {
      known.add(name);
    }
    return value;
  }

  /** Whether a field is there and not null; marks it as known. */
  public boolean has(String name) {
    return take(name) != null;
  }

  /** A value of any type, null when absent; marks it as known. */
  public @Nullable Object any(String name) {
    return take(name);
  }

  /** A text that must be there, 1 to {@code maxLength} characters of any kind. */
  public String text(String name, int maxLength) {
    return required(name, optionalText(name, maxLength));
  }

  /** A text of at most {@code maxLength} characters of any kind; null when absent. */
  public @Nullable String optionalText(String name, int maxLength) {
    Object value = take(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      problem(name, "must be a string");
      return null;
    }
    if (text.length() > maxLength) {
      problem(name, "must be at most " + maxLength + " characters");
      return null;
    }
    return text;
  }

  /** A text as by {@link #text}, without control characters. */
  public String line(String name, int maxLength) {
    return required(name, optionalLine(name, maxLength));
  }

  /** A text as by {@link #optionalText}, without control characters. */
  public @Nullable String optionalLine(String name, int maxLength) {
    String text = optionalText(name, maxLength);
    if (text != null && hasControlCharacter(text)) {
      problem(name, "must not contain control characters");
      return null;
    }
    return text;
  }

  private String required(String name, @Nullable String text) {
    if (text == null) {
      if (!has(name)) {
        problem(name, "is required");
      }
      return "";
    }
    if (text.isEmpty()) {
      problem(name, "must not be empty");
    }
    return text;
  }

  private static boolean hasControlCharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** A whole number within bounds, both allowed; {@code otherwise} when absent. */
  public long integer(String name, long otherwise, long min, long max) {
    Object value = take(name);
    if (value == null) {
      return otherwise;
    }
    OptionalLong whole = wholeNumber(value);
    if (whole.isEmpty()) {
      problem(name, "must be a whole number between " + min + " and " + max);
      return otherwise;
    }
    long number = whole.getAsLong();
    if (number < min || number > max) {
      problem(name, "must be between " + min + " and " + max);
      return otherwise;
    }
    return number;
  }

  /**
   * The whole number that a value of JSON is; 5.0 is the same number as 5. Empty for other values,
   * for digits alone that a {@code long} does not hold, and for numbers with a fraction or an
   * exponent beyond 2^53, which need not be the number that was written.
   */
  public static OptionalLong wholeNumber(@Nullable Object value) {
    return switch (value) {
      case Integer number -> OptionalLong.of(number);
      case Long number -> OptionalLong.of(number);
      case Double number when Math.rint(number) == number && Math.abs(number) <= MAX_EXACT ->
          OptionalLong.of(number.longValue());
      case null, default -> OptionalLong.empty();
    };
  }

  /** A number within bounds, both allowed; {@code otherwise} when absent. */
  public double decimal(String name, double otherwise, double min, double max) {
    Object value = take(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.doubleValue() >= min
        && number.doubleValue() <= max) {
      return number.doubleValue();
    }
    problem(name, "must be a number between " + min + " and " + max);
    return otherwise;
  }

  /** True or false; {@code otherwise} when absent. */
  public boolean bool(String name, boolean otherwise) {
    return switch (take(name)) {
      case null -> otherwise;
      case Boolean flag -> flag;
      default -> {
        problem(name, "must be true or false");
        yield otherwise;
      }
    };
  }

  /** One of some words, in any case; {@code otherwise} when absent. */
  public String oneOf(String name, String otherwise, List<String> words) {
    String value = optionalLine(name, MAX_WORD);
    if (value == null) {
      return otherwise;
    }
    for (String word : words) {
      if (word.equalsIgnoreCase(value)) {
        return word;
      }
    }
    problem(name, "must be one of " + String.join(", ", words));
    return otherwise;
  }

  /** An object of any members; empty when absent. */
  public Map<String, @Nullable Object> map(String name) {
    Object value = take(name);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return StrictJson.named(map);
    }
    problem(name, "must be an object");
    return Map.of();
  }

  /** An object with fields of its own; without any when absent. */
  public RequestObject object(String name) {
    Object value = take(name);
    Map<String, @Nullable Object> object = map(name);
    // What is no object is a problem already; the fields it lacks are none of their own.
    return value == null || value instanceof Map<?, ?>
        ? child(JsonPointers.part(name), object)
        : of(Map.of());
  }

  /** An array of any values; empty when absent. */
  public List<@Nullable Object> array(String name, int maxItems) {
    Object value = take(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      problem(name, "must be an array");
      return List.of();
    }
    if (list.size() > maxItems) {
      problem(name, "must have at most " + maxItems + " items");
      return List.of();
    }
    @SuppressWarnings("unchecked") // Read only.
    List<@Nullable Object> items = (List<@Nullable Object>) list;
    return items;
  }

  /**
   * An array of values of any types, as an object with the fields {@code 0}, {@code 1} and so on,
   * so that each item is read, and has its problems, like a field; without any when absent.
   */
  public RequestObject items(String name, int maxItems) {
    List<@Nullable Object> items = array(name, maxItems);
    Map<String, @Nullable Object> numbered = LinkedHashMap.newLinkedHashMap(items.size());
    for (Object item : items) {
      numbered.put(Integer.toString(numbered.size()), item);
    }
    return child(JsonPointers.part(name), numbered);
  }

  /** The names of all members, in their order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /** An array of texts, each as by {@link #line}; empty when absent. */
  public List<String> lines(String name, int maxItems, int maxLength) {
    List<@Nullable Object> items = array(name, maxItems);
    List<String> lines = new ArrayList<>(items.size());
    for (Object item : items) {
      if (!(item instanceof String line)
          || line.isEmpty()
          || line.length() > maxLength
          || hasControlCharacter(line)) {
        problem(
            name,
            "must hold strings of 1 to " + maxLength + " characters without control characters");
        return List.of();
      }
      lines.add(line);
    }
    return lines;
  }

  /** An array of objects with fields of their own; empty when absent. */
  public List<RequestObject> objects(String name, int maxItems) {
    List<@Nullable Object> items = array(name, maxItems);
    List<RequestObject> objects = new ArrayList<>(items.size());
    for (Object item : items) {
      String at = JsonPointers.part(name) + "/" + objects.size();
      if (item instanceof Map<?, ?> map) {
        objects.add(child(at, StrictJson.named(map)));
      } else {
        problems.add(() -> pointer() + "/" + at, "must be an object");
        objects.add(of(Map.of()));
      }
    }
    return objects;
  }

  /** An array of objects as by {@link #objects} that must be there, with one item at least. */
  public List<RequestObject> requiredObjects(String name, int maxItems) {
    Object value = take(name);
    if (value == null) {
      problem(name, "is required");
    } else if (value instanceof List<?> list && list.isEmpty()) {
      problem(name, "must not be empty");
    }
    return objects(name, maxItems);
  }

  private RequestObject child(String at, Map<String, @Nullable Object> object) {
    RequestObject child = new RequestObject(object, this, at, unknown, problems);
    children.add(child);
    return child;
  }

  /** Notes a problem of a field. */
  public void problem(String name, String message) {
    problems.add(() -> pointer() + "/" + JsonPointers.part(name), message);
  }

  private String pointer() {
    return parent == null ? "" : parent.pointer() + "/" + place;
  }

  private void rejectUnknown() {
    if (known.size() < members.size()) {
      for (String name : members.keySet()) {
        if (known.add(name)) {
          problem(name, unknown);
        }
      }
    }
    children.forEach(RequestObject::rejectUnknown);
  }

  /**
   * The problems of this object and of all that were read through it, unknown fields among them; to
   * be asked for when everything has been read.
   */
  public FieldProblems problems() {
    rejectUnknown();
    return problems;
  }

  /**
   * The end of reading.
   *
   * @throws ServiceException INVALID_REQUEST with each {@link FieldProblem}, at most {@value
   *     FieldProblems#MAX_KEPT} of them
   */
  public void end() {
    problems().throwIfAny();
  }
}
