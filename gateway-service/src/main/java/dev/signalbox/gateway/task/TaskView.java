package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import org.jspecify.annotations.Nullable;

/**
 * A task's outcome in {@code /api/v1}.
 *
 * @param status {@code finished} with a result, or {@code failed} with an error
 */
record TaskView(
    String id,
    String taskName,
    String status,
    long durationMs,
    @Nullable Object result,
    @Nullable TaskError error) {

  static TaskView of(String id, String taskName, TaskOutcome outcome, long durationMs) {
    return switch (outcome) {
      case TaskOutcome.Answered answered ->
          switch (answered.reply()) {
            case TaskReply.Finished finished ->
                new TaskView(id, taskName, "finished", durationMs, finished.result(), null);
            case TaskReply.Failed failed -> failed(id, taskName, failed.error(), durationMs);
          };
      case TaskOutcome.Unknown unknown ->
          failed(id, taskName, TaskError.badTask(unknown.message()), durationMs);
      case TaskOutcome.Limited(HttpException refusal) ->
          failed(
              id,
              taskName,
              new TaskError(
                  refusal.code(), refusal.message(), null, "internal", refusal.retryable()),
              durationMs);
      case TaskOutcome.Faulted faulted -> failed(id, taskName, error(faulted.fault()), durationMs);
    };
  }

  static TaskView invalid(String id, String message) {
    return failed(id, "", TaskError.badTask(message), 0);
  }

  private static TaskView failed(String id, String taskName, TaskError error, long durationMs) {
    return new TaskView(id, taskName, "failed", durationMs, null, error);
  }

  private static TaskError error(ServiceException fault) {
    return new TaskError(
        fault.code().name(),
        String.valueOf(fault.getMessage()),
        null,
        "internal",
        fault.code().retryable());
  }

  boolean finished() {
    return status.equals("finished");
  }
}
