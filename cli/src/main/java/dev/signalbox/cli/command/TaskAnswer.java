package dev.signalbox.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.platform.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task.
 *
 * @param result what it found, in the shape of the REST interface; null when it failed
 * @param error why it found nothing; null when it finished
 */
public record TaskAnswer(@Nullable JsonNode result, @Nullable TaskError error) {

  /** Of a service's reply. */
  public static TaskAnswer of(TaskReply reply) {
    return switch (reply) {
      case TaskReply.Finished finished -> new TaskAnswer(Json.tree(finished.result()), null);
      case TaskReply.Failed failed -> new TaskAnswer(null, failed.error());
    };
  }

  /** Of a call that failed. */
  public static TaskAnswer of(Throwable cause) {
    ErrorCode code = cause instanceof ServiceException fault ? fault.code() : ErrorCode.INTERNAL;
    return failed(code.name(), String.valueOf(cause.getMessage()), code.retryable());
  }

  /** Of a task that could not run. */
  public static TaskAnswer failed(String code, String message, boolean retryable) {
    return new TaskAnswer(null, new TaskError(code, message, null, "internal", retryable));
  }
}
