package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import org.jspecify.annotations.Nullable;

/**
 * A task's outcome as {@code /api/v1} shows it.
 *
 * @param status {@code finished} when it found what it was asked, {@code failed} when it could not
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
      case TaskOutcome.Unknown _ ->
          failed(id, taskName, TaskError.badTask("Unknown task: " + taskName), durationMs);
      case TaskOutcome.Faulted faulted -> failed(id, taskName, error(faulted.fault()), durationMs);
    };
  }

  static TaskView bad(String id, String message) {
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
