package dev.signalbox.platform.task;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The declaration of a task: its names, what it does, and its parameters. The announced {@link
 * TaskType} with its JSON Schema comes from it, and so do the options of a command that runs the
 * task; the task reads its parameters by the same {@link Param}s.
 *
 * @param name the name clients use, lower case with underscores
 * @param aliases other names for the same
 * @param description one sentence for people
 * @param operation what runs it
 * @param params in the order in which forms show them
 * @param rules what holds between parameters, as schemas that must all hold
 * @param examples parameters of whole tasks
 */
public record TaskSpec(
    String name,
    List<String> aliases,
    String description,
    Operation<TaskRequest, TaskReply> operation,
    List<Param<?>> params,
    List<Map<String, Object>> rules,
    List<Map<String, Object>> examples) {

  public TaskSpec {
    aliases = List.copyOf(aliases);
    params = List.copyOf(params);
    rules = List.copyOf(rules);
    examples = List.copyOf(examples);
  }

  /** A task with one name and these parameters. */
  public static TaskSpec of(
      String name,
      String description,
      Operation<TaskRequest, TaskReply> operation,
      Param<?>... params) {
    return new TaskSpec(
        name, List.of(), description, operation, List.of(params), List.of(), List.of());
  }

  /** The same under further names. */
  public TaskSpec aliases(String... names) {
    return new TaskSpec(name, List.of(names), description, operation, params, rules, examples);
  }

  /** The same with parameters of whole tasks that clients may imitate. */
  public TaskSpec examples(List<Map<String, Object>> tasks) {
    return new TaskSpec(name, aliases, description, operation, params, rules, tasks);
  }

  /** The same; one of some parameters must be given, and only one of them. */
  public TaskSpec exactlyOne(Param<?>... among) {
    return rule(Map.of("oneOf", Arrays.stream(among).map(TaskSpec::having).toList()));
  }

  /** The same; one of some parameters must be given at least. */
  public TaskSpec atLeastOne(Param<?>... among) {
    return rule(Map.of("anyOf", Arrays.stream(among).map(TaskSpec::having).toList()));
  }

  /** The same; two parameters cannot be combined with each other. */
  public TaskSpec notTogether(Param<?> one, Param<?> other) {
    return rule(Map.of("not", having(one, other)));
  }

  private TaskSpec rule(Map<String, Object> rule) {
    List<Map<String, Object>> more = new ArrayList<>(rules);
    more.add(rule);
    return new TaskSpec(name, aliases, description, operation, params, more, examples);
  }

  private static Map<String, Object> having(Param<?>... params) {
    return Map.of("required", Arrays.stream(params).<String>map(Param::name).toList());
  }

  /** The task type to announce. */
  public TaskType type() {
    Map<String, Object> schema = schema(params, rules);
    if (!examples.isEmpty()) {
      schema.put("examples", examples);
    }
    return new TaskType(
        name,
        aliases,
        description,
        schema,
        operation.address(),
        operation.timeout().toMillis(),
        operation.repeatable());
  }

  static Map<String, Object> schema(List<Param<?>> params, List<Map<String, Object>> rules) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (Param<?> param : params) {
      properties.put(param.name(), param.schema());
      if (param.isRequired()) {
        required.add(param.name());
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", List.copyOf(required));
    schema.put("additionalProperties", false);
    if (!rules.isEmpty()) {
      schema.put("allOf", rules);
    }
    return schema;
  }
}
