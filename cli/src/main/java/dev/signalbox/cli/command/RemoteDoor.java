package dev.signalbox.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a task by {@code POST /api/v1/tasks} of a running system. */
final class RemoteDoor implements TaskDoor {

  private static final int MOST_BYTES = 64 * 1024 * 1024;

  private final URI server;
  private final @Nullable String token;
  private final long timeoutMs;
  private final HttpClient client;

  RemoteDoor(URI server, @Nullable String token, long timeoutMs) {
    this.server = server;
    this.token = token;
    this.timeoutMs = timeoutMs;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  @Override
  public TaskAnswer run(
      String taskName, Map<String, Object> params, Operation<TaskRequest, TaskReply> operation)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + "/api/v1/tasks"))
            .timeout(Duration.ofMillis(timeoutMs))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    Json.bytes(Map.of("task_name", taskName, "params", params))));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return answer(response.statusCode(), body.readNBytes(MOST_BYTES));
      }
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
    client.shutdownNow();
  }
}
