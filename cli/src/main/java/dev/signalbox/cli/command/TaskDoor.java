package dev.signalbox.cli.command;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.service.ServiceDefinition;
import java.util.List;
import java.util.Map;

/** Runs a single task: in this process or in a running system. */
public interface TaskDoor extends AutoCloseable {

  /** Longer than any single task may take. */
  int TIMEOUT_S = 120;

  /**
   * Runs a task and waits for its result.
   *
   * @param operation what runs it in this process
   */
  TaskAnswer run(
      String taskName, Map<String, Object> params, Operation<TaskRequest, TaskReply> operation)
      throws InterruptedException;

  @Override
  void close();

  /** Opens a door; {@code service} runs the task when this process does. */
  static TaskDoor open(Where where, ServiceDefinition<?> service) throws InterruptedException {
    if (where.server() == null) {
      return new LocalDoor(LocalSystem.start(List.of(service), where.settings(), 1));
    }
    return new RemoteDoor(where.server(), where.token(), where.tls(), TIMEOUT_S);
  }
}
