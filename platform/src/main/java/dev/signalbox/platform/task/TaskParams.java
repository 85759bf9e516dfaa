package dev.signalbox.platform.task;

import dev.signalbox.contracts.TaskError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of a task's parameters. Every getter notes what is wrong and answers something
 * harmless, so that all problems are told at once: read everything, then ask {@link #problem()}.
 */
public final class TaskParams {

  private final Map<String, @Nullable Object> params;
  private final Set<String> known = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  private TaskParams(Map<String, @Nullable Object> params) {
    this.params = params;
  }

  /** Reads the parameters of a request. */
  public static TaskParams of(Map<String, @Nullable Object> params) {
    return new TaskParams(params);
  }

  /** A member; known from now on. Most that are asked for are not there and need no remembering. */
  private @Nullable Object take(String name) {
    Object value = params.get(name);
    if (value != null || params.containsKey(name)) {
      known.add(name);
    }
    return value;
  }

  /** Whether a parameter is there and not null. Marks it as known. */
  public boolean has(String name) {
    return take(name) != null;
  }

  /**
   * A text that must be there: 1 to {@code maxLength} characters, none of them a control character.
   */
  public String text(String name, int maxLength) {
    String value = optionalText(name, maxLength);
    if (value == null) {
      if (!has(name)) {
        problem(name, "is required");
      }
      return "";
    }
    if (value.isEmpty()) {
      problem(name, "must not be empty");
    }
    return value;
  }

  /**
   * A text of at most {@code maxLength} characters without control characters; null when not there.
   */
  public @Nullable String optionalText(String name, int maxLength) {
    String value = optionalContent(name, maxLength);
    if (value != null && hasControlCharacter(value)) {
      problem(name, "must not contain control characters");
      return null;
    }
    return value;
  }

  private static boolean hasControlCharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** A text of at most {@code maxLength} characters of any kind; null when not there. */
  public @Nullable String optionalContent(String name, int maxLength) {
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

  /** A whole number within bounds, both allowed; {@code otherwise} when not there. */
  public long integer(String name, long otherwise, long min, long max) {
    Object value = take(name);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Integer || value instanceof Long)) {
      problem(name, "must be a whole number");
      return otherwise;
    }
    long number = ((Number) value).longValue();
    if (number < min || number > max) {
      problem(name, "must be between " + min + " and " + max);
      return otherwise;
    }
    return number;
  }

  /** True or false; {@code otherwise} when not there. */
  public boolean bool(String name, boolean otherwise) {
    Object value = take(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    problem(name, "must be true or false");
    return otherwise;
  }

  /** One of some words, in any case; {@code otherwise} when not there. */
  public String oneOf(String name, String otherwise, List<String> words) {
    String value = optionalText(name, 64);
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

  /** A list of texts, each as by {@link #optionalText}; empty when not there. */
  public List<String> texts(String name, int maxItems, int maxLength) {
    List<@Nullable Object> items = list(name, maxItems);
    if (items.isEmpty()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>(items.size());
    for (Object item : items) {
      if (item instanceof String text
          && !text.isEmpty()
          && text.length() <= maxLength
          && !hasControlCharacter(text)) {
        texts.add(text);
      } else {
        problem(
            name,
            "must hold strings of 1 to " + maxLength + " characters without control characters");
        return List.of();
      }
    }
    return List.copyOf(texts);
  }

  /** A list of any values; empty when not there. */
  public List<@Nullable Object> list(String name, int maxItems) {
    Object value = take(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      problem(name, "must be a list");
      return List.of();
    }
    if (list.size() > maxItems) {
      problem(name, "must have at most " + maxItems + " items");
      return List.of();
    }
    return new ArrayList<>(list);
  }

  /** The members of an object, by name; empty when not there. */
  public Map<String, @Nullable Object> object(String name) {
    Object value = take(name);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      problem(name, "must be an object");
      return Map.of();
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    map.forEach((key, member) -> members.put(String.valueOf(key), member));
    return members;
  }

  /** Notes a problem of a parameter found by the caller. */
  public void problem(String name, String rule) {
    problems.add(name + " " + rule);
  }

  /**
   * What is wrong, parameters that nobody asked for included; empty when all is well. Reads of a
   * nested object have their own TaskParams, whose problem the caller notes here.
   */
  public Optional<TaskError> problem() {
    for (String name : params.keySet()) {
      if (!known.contains(name)) {
        problems.add(
            (name.length() > 64 ? name.substring(0, 64) + "…" : name) + " is not a parameter");
        known.add(name);
      }
    }
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(TaskError.badTask(String.join("; ", problems)));
  }
}
