package dev.signalbox.gateway.json;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of an object a client sent. Getters note what is wrong and answer something
 * harmless; {@link #end()} then tells every problem at once, unknown fields among them, each under
 * its JSON Pointer.
 */
public final class Fields {

  private final Map<String, @Nullable Object> object;
  private final String pointer;
  private final List<FieldProblem> problems;
  private final Set<String> known = new HashSet<>();

  private Fields(
      Map<String, @Nullable Object> object, String pointer, List<FieldProblem> problems) {
    this.object = object;
    this.pointer = pointer;
    this.problems = problems;
  }

  /** The fields of a JSON body. */
  public static Fields of(Buffer body) {
    return of(StrictJson.object(body));
  }

  /** The fields of an object. */
  public static Fields of(Map<String, @Nullable Object> object) {
    return new Fields(object, "", new ArrayList<>());
  }

  /** The fields of a member of an array; its problems join those of the whole. */
  public Fields item(String array, int index, @Nullable Object item) {
    String at = pointer + "/" + escape(array) + "/" + index;
    if (item instanceof Map<?, ?>) {
      return new Fields(StrictJson.asObject(item), at, problems);
    }
    problems.add(new FieldProblem(at, "must be an object"));
    return new Fields(Map.of(), at, problems);
  }

  /** A member; known from now on. Most that are asked for are not there and need no remembering. */
  private @Nullable Object take(String name) {
    Object value = object.get(name);
    if (value != null || object.containsKey(name)) {
      known.add(name);
    }
    return value;
  }

  /** A text that must be there, 1 to {@code maxLength} characters. */
  public String text(String name, int maxLength) {
    String text = optionalText(name, maxLength);
    if (text == null) {
      if (object.get(name) == null) {
        problem(name, "is required");
      }
      return "";
    }
    if (text.isEmpty()) {
      problem(name, "must not be empty");
    }
    return text;
  }

  /** A text of at most {@code maxLength} characters; null when not there. */
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

  /** A text as {@link #text}, without control characters. */
  public String line(String name, int maxLength) {
    String line = text(name, maxLength);
    checkLine(name, line);
    return line;
  }

  /** A text as {@link #optionalText}, without control characters. */
  public @Nullable String optionalLine(String name, int maxLength) {
    String line = optionalText(name, maxLength);
    if (line != null) {
      checkLine(name, line);
    }
    return line;
  }

  private void checkLine(String name, String line) {
    for (int i = 0; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        problem(name, "must not contain control characters");
        return;
      }
    }
  }

  /** A whole number within bounds, both allowed; {@code otherwise} when not there. */
  public long integer(String name, long otherwise, long min, long max) {
    Object value = take(name);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Integer || value instanceof Long)) {
      problem(name, "must be a whole number from " + min + " to " + max);
      return otherwise;
    }
    long number = ((Number) value).longValue();
    if (number < min || number > max) {
      problem(name, "must be from " + min + " to " + max + ", not " + number);
      return otherwise;
    }
    return number;
  }

  /** True or false; {@code otherwise} when not there. */
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

  /** An object of any members; empty when not there. */
  public Map<String, @Nullable Object> map(String name) {
    Object value = take(name);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?>) {
      return StrictJson.asObject(value);
    }
    problem(name, "must be an object");
    return Map.of();
  }

  /** An array that must be there. */
  public List<? extends @Nullable Object> array(String name) {
    Object value = take(name);
    if (value instanceof List<?> list) {
      return list;
    }
    problem(name, value == null ? "is required" : "must be an array");
    return List.of();
  }

  /** Whether a field is there and not null; marks it as known. */
  public boolean has(String name) {
    return take(name) != null;
  }

  /** Notes a problem of a field. */
  public void problem(String name, String message) {
    problems.add(new FieldProblem(pointer + "/" + escape(name), message));
  }

  /** Notes every field nobody has asked for. */
  public void rejectUnknown() {
    for (String name : object.keySet()) {
      if (!known.contains(name)) {
        problem(name, "is not a field of this request");
      }
    }
  }

  /**
   * The end of reading.
   *
   * @throws ServiceException INVALID_REQUEST with every problem
   */
  public void end() {
    rejectUnknown();
    throwIfAny(problems);
  }

  static void throwIfAny(List<FieldProblem> problems) {
    if (!problems.isEmpty()) {
      FieldProblem first = problems.getFirst();
      String field = first.pointer().isEmpty() ? "" : first.pointer() + " ";
      String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
      throw new ServiceException(
          ErrorCode.INVALID_REQUEST, field + first.message() + more, problems);
    }
  }

  /** A name as a part of a JSON Pointer (RFC 6901 section 3), shortened if absurdly long. */
  private static String escape(String name) {
    String part = name.length() > 100 ? name.substring(0, 100) + "..." : name;
    return part.replace("~", "~0").replace("/", "~1");
  }
}
