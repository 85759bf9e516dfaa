package dev.signalbox.gateway.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.platform.json.Json;
import java.util.List;

/** Outcomes of tasks in the words of document 1. */
final class ClassicTaskView {

  private static final int MAX_ECHO = 200;

  private record Message(String status, String message) {}

  private record Failure(String status, String error) {}

  private record UnknownTask(String status, String message, List<String> availableTasks) {}

  private ClassicTaskView() {}

  /** An answer of a service: a bare result or an error, either of them with HTTP 200. */
  static Object of(TaskReply reply) {
    return switch (reply) {
      case TaskReply.Finished finished ->
          finished.failure() == null ? finished.result() : withFailure(finished);
      case TaskReply.Failed failed -> of(failed.error());
    };
  }

  private static Object of(TaskError error) {
    return error.source() == null
        ? message(error.message())
        : new Failure("error", error.message());
  }

  private static Object withFailure(TaskReply.Finished finished) {
    JsonNode tree = Json.tree(finished.result());
    ObjectNode result =
        tree instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    result.put("status", "error");
    result.put("error", finished.failure());
    return result;
  }

  /** A task nobody offers. */
  static Object of(TaskOutcome.Unknown unknown) {
    return new UnknownTask(
        "error", "Unknown task: " + shortened(unknown.name()), unknown.available());
  }

  /** One sentence of what is wrong. */
  static Object message(String text) {
    return new Message("error", text);
  }

  /** An item of a list of results, where a failure must not fail the call. */
  static Object item(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Answered answered -> of(answered.reply());
      case TaskOutcome.Unknown unknown -> of(unknown);
      case TaskOutcome.Faulted faulted -> message(String.valueOf(faulted.fault().getMessage()));
    };
  }

  static String shortened(String name) {
    return name.length() > MAX_ECHO ? name.substring(0, MAX_ECHO) + "..." : name;
  }
}
