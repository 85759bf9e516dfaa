package dev.signalbox.platform.task;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of a task's parameters: a {@link RequestObject} whose problems become the {@link
 * TaskError} of a bad task. Every getter notes what is wrong and returns something harmless: read
 * everything, then ask {@link #problem()}.
 */
public final class TaskParams {

  private final RequestObject params;

  private TaskParams(RequestObject params) {
    this.params = params;
  }

  /** Reads the parameters of a request. */
  public static TaskParams of(Map<String, @Nullable Object> params) {
    return new TaskParams(RequestObject.of(params, "is not a parameter"));
  }

  /** Whether a parameter is there and not null. Marks it as known. */
  public boolean has(String name) {
    return params.has(name);
  }

  /** A value of any type, null when absent. Marks it as known. */
  public @Nullable Object any(String name) {
    return params.any(name);
  }

  /**
   * A text that must be there: 1 to {@code maxLength} characters, none of them a control character.
   */
  public String text(String name, int maxLength) {
    return params.line(name, maxLength);
  }

  /**
   * A text of at most {@code maxLength} characters without control characters; null when absent.
   */
  public @Nullable String optionalText(String name, int maxLength) {
    return params.optionalLine(name, maxLength);
  }

  /** A text of at most {@code maxLength} characters of any kind; null when absent. */
  public @Nullable String optionalContent(String name, int maxLength) {
    return params.optionalText(name, maxLength);
  }

  /** A whole number within bounds, both allowed; {@code otherwise} when absent. */
  public long integer(String name, long otherwise, long min, long max) {
    return params.integer(name, otherwise, min, max);
  }

  /**
   * A whole number within bounds, both allowed, as a number or as its decimal digits in a text,
   * with zeros in front or without; {@code otherwise} when absent.
   */
  public long integerOrDigits(String name, long otherwise, long min, long max) {
    if (!(params.any(name) instanceof String text)) {
      return params.integer(name, otherwise, min, max);
    }
    OptionalLong number =
        text.startsWith("-") ? OptionalLong.empty() : WholeNumber.parse(text, min, max);
    if (number.isEmpty()) {
      problem(name, "must be a whole number between " + min + " and " + max);
    }
    return number.orElse(otherwise);
  }

  /** True or false; {@code otherwise} when absent. */
  public boolean bool(String name, boolean otherwise) {
    return params.bool(name, otherwise);
  }

  /** One of some words, in any case; {@code otherwise} when absent. */
  public String oneOf(String name, String otherwise, List<String> words) {
    return params.oneOf(name, otherwise, words);
  }

  /** A list of texts, each as by {@link #text}; empty when absent. */
  public List<String> texts(String name, int maxItems, int maxLength) {
    return params.lines(name, maxItems, maxLength);
  }

  /** A list of any values; empty when absent. */
  public List<@Nullable Object> list(String name, int maxItems) {
    return params.array(name, maxItems);
  }

  /** The members of an object, by name; empty when absent. */
  public Map<String, @Nullable Object> object(String name) {
    return params.map(name);
  }

  /** An object with parameters of its own, whose problems join those of the whole. */
  public TaskParams nested(String name) {
    return new TaskParams(params.object(name));
  }

  /** A list of objects with parameters of their own, whose problems join those of the whole. */
  public List<TaskParams> nestedList(String name, int maxItems) {
    return params.objects(name, maxItems).stream().map(TaskParams::new).toList();
  }

  /** Notes a problem of a parameter found by the caller. */
  public void problem(String name, String rule) {
    params.problem(name, rule);
  }

  /** What is wrong in each parameter, as by {@link #problem()}; only the first so many. */
  public List<FieldProblem> problems() {
    return params.problems().kept();
  }

  /**
   * What is wrong, parameters that nobody asked for included; empty when all is well. Each problem
   * is named by its JSON Pointer without the slash in front: {@code port} or {@code
   * assertions/0/source}.
   */
  public Optional<TaskError> problem() {
    FieldProblems problems = params.problems();
    if (problems.total() == 0) {
      return Optional.empty();
    }
    int others = problems.total() - problems.kept().size();
    String message =
        problems.kept().stream()
            .map(problem -> problem.pointer().substring(1) + " " + problem.message())
            .collect(Collectors.joining("; "));
    return Optional.of(
        TaskError.badTask(others == 0 ? message : message + "; and " + others + " more"));
  }
}
