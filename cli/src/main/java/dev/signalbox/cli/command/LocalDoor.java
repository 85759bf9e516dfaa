package dev.signalbox.cli.command;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.bus.Call;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a task by a service in this process. */
final class LocalDoor implements TaskDoor {

  private final LocalSystem system;

  LocalDoor(LocalSystem system) {
    this.system = system;
  }

  @Override
  public TaskAnswer run(
      String taskName, Map<String, Object> params, Operation<TaskRequest, TaskReply> operation)
      throws InterruptedException {
    try {
      return TaskAnswer.of(
          system
              .bus()
              .call(
                  operation,
                  new TaskRequest(taskName, new HashMap<>(params)),
                  Call.within(operation.timeout()))
              .toCompletionStage()
              .toCompletableFuture()
              .get(TIMEOUT_S, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return TaskAnswer.of(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return TaskAnswer.of(e);
    }
  }

  @Override
  public void close() {
    system.close();
  }
}
