package dev.signalbox.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a task by {@code POST /api/v1/tasks} of a running system. */
final class RemoteDoor implements TaskDoor {

  private static final int MOST_BYTES = 64 * 1024 * 1024;

  private final URI server;
  private final RemoteSystem system;

  RemoteDoor(URI server, @Nullable String token, ClientTls tls, int idleTimeoutSeconds) {
    this.server = server;
    this.system = new RemoteSystem(server, token, tls, idleTimeoutSeconds);
  }

  @Override
  public TaskAnswer run(
      String taskName, Map<String, Object> params, Operation<TaskRequest, TaskReply> operation) {
    byte[] request = Json.bytes(Map.of("task_name", taskName, "params", params));
    try (ResponseBody response = system.post("/api/v1/tasks", "application/json", request)) {
      byte[] body = response.readNBytes(MOST_BYTES);
      return body.length == MOST_BYTES
          ? TaskAnswer.failed("PROTOCOL", server + " answered with more than 64 MiB", false)
          : answer(response.status(), body);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return TaskAnswer.failed("UNAVAILABLE", "cannot reach " + server + ": " + reason, true);
    }
  }

  private TaskAnswer answer(int status, byte[] body) throws IOException {
    JsonNode json;
    try {
      json = Json.mapper().readTree(body);
    } catch (IOException e) {
      return TaskAnswer.failed("PROTOCOL", server + " answered " + status + " without JSON", false);
    }
    if (status != 200) {
      return TaskAnswer.failed(
          json.path("code").asText("PROTOCOL"),
          server + " answered " + status + ": " + json.path("detail").asText(""),
          json.path("retryable").asBoolean());
    }
    JsonNode error = json.path("error");
    return error.isObject()
        ? new TaskAnswer(null, Json.mapper().treeToValue(error, TaskError.class))
        : new TaskAnswer(json.path("result"), null);
  }

  @Override
  public void close() {
    system.close();
  }
}
