package dev.signalbox.contracts;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A kind of task a service offers to {@code POST /run_task} and {@code /api/v1/tasks}. Announced on
 * the bus, so that a gateway can dispatch to services it has never heard of.
 *
 * @param name the name clients use, lower case with underscores
 * @param aliases other names for the same
 * @param description one sentence for people
 * @param paramsSchema JSON Schema (2020-12) of {@code params}, as JSON objects made of maps, lists,
 *     strings, numbers and booleans
 * @param address address of the {@link #operation()} that runs it
 * @param timeoutMs how long it may take in all unless the task says otherwise, milliseconds, above
 *     0
 * @param repeatable whether running it twice does no harm
 */
public record TaskType(
    String name,
    List<String> aliases,
    String description,
    Map<String, Object> paramsSchema,
    String address,
    long timeoutMs,
    boolean repeatable) {

  public TaskType {
    aliases = List.copyOf(aliases);
    // In their order, for forms show the important parameters first.
    paramsSchema = Collections.unmodifiableMap(new LinkedHashMap<>(paramsSchema));
  }

  /** The operation that runs tasks of this type. */
  public Operation<TaskRequest, TaskReply> operation() {
    Duration timeout = Duration.ofMillis(timeoutMs);
    return repeatable
        ? Operation.repeatable(address, TaskRequest.class, TaskReply.class, timeout)
        : Operation.once(address, TaskRequest.class, TaskReply.class, timeout);
  }
}
