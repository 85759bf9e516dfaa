package dev.signalbox.cli.command;

import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.task.CommandOption;
import dev.signalbox.platform.task.CommandOption.Kind;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options of a command that set parameters of its task, as the task declares them. */
public final class TaskOptions {

  /**
   * An option and what it sets.
   *
   * @param parent the object that the parameter is in; null for one of the task itself
   */
  private record Bound(@Nullable Param<?> parent, Param<?> param, CommandOption option) {

    static Stream<Bound> all(TaskSpec task) {
      return task.params().stream()
          .flatMap(param ->
              Stream.concat(
                  of(null, param), param.members().stream().flatMap(inner -> of(param, inner))));
    }

    private static Stream<Bound> of(@Nullable Param<?> parent, Param<?> param) {
      return param.options().stream().map(option -> new Bound(parent, param, option));
    }

    long bound(String keyword) {
      return ((Number) Objects.requireNonNull(param.schema().get(keyword))).longValue();
    }
  }

  private final Map<String, Bound> byName = new HashMap<>();
  private final Map<String, Object> params;
  private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();

  /** Options of a task that write into {@code params}. */
  public TaskOptions(TaskSpec task, Map<String, Object> params) {
    this.params = params;
    Bound.all(task)
        .forEach(bound ->
            Stream.concat(bound.option.names().stream(), bound.option.also().stream())
                .forEach(name -> byName.put(name, bound)));
  }

  /**
   * Takes an option if it is one of these.
   *
   * @param name as it is declared
   * @param written as the user wrote it
   * @throws dev.signalbox.platform.node.StartException when its value is wrong
   */
  public boolean take(String name, String written, Arguments arguments) {
    Bound bound = byName.get(name);
    if (bound == null) {
      return false;
    }
    Object value =
        switch (bound.option.kind()) {
          case FLAG -> Objects.requireNonNull(bound.option.value());
          case TEXT -> word(bound.param, arguments.value(written));
          case NUMBER -> arguments.number(written, bound.bound("minimum"), bound.bound("maximum"));
          case AMOUNT -> arguments.number(written, 0, Integer.MAX_VALUE);
          case TIME -> arguments.duration(written).toMillis();
        };
    Map<String, Object> target =
        bound.parent == null
            ? params
            : objects.computeIfAbsent(bound.parent.name(), _ -> new LinkedHashMap<>());
    target.put(bound.param.name(), value);
    return true;
  }

  /** A text, or the word among those of the parameter that it is but for case. */
  private static String word(Param<?> param, String text) {
    return param.schema().get("enum") instanceof List<?> words
        ? words.stream()
            .map(String::valueOf)
            .filter(text::equalsIgnoreCase)
            .findFirst()
            .orElse(text)
        : text;
  }

  /** Writes the objects that options made; what such an object has otherwise stays. */
  public void finish() {
    objects.forEach((name, members) -> {
      Map<Object, Object> all = new LinkedHashMap<>();
      if (params.get(name) instanceof Map<?, ?> given) {
        all.putAll(given);
      }
      all.putAll(members);
      params.put(name, all);
    });
  }

  /** The options for help and completion. */
  public static List<OptionSpec> specs(TaskSpec task) {
    return Bound.all(task).map(TaskOptions::spec).toList();
  }

  private static OptionSpec spec(Bound bound) {
    CommandOption option = bound.option;
    List<String> words =
        option.kind() == Kind.TEXT && bound.param.schema().get("enum") instanceof List<?> all
            ? all.stream().map(String::valueOf).toList()
            : List.of();
    return new OptionSpec(
        option.names(), option.placeholder(), option.help() + otherwise(bound), words);
  }

  private static String otherwise(Bound bound) {
    Object value = bound.param.schema().get("default");
    Kind kind = bound.option.kind();
    if (value == null || kind == Kind.FLAG || kind == Kind.AMOUNT) {
      return "";
    }
    String text = String.valueOf(value);
    if (kind == Kind.TIME) {
      long ms = ((Number) value).longValue();
      text = ms % 1_000 == 0 ? ms / 1_000 + "s" : ms + "ms";
    }
    return " (default: " + text + ")";
  }
}
