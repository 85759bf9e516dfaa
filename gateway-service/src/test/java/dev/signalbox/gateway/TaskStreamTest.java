package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskStreamTest {

  private static final String PATH = "/api/v1/tasks/stream";
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "echo-service", FakeService.type("echo", "echo.echo"), TaskStreamTest::echo)));
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 1);
  }

  /** The parameters, and as much beside them as is asked for. */
  private static TaskReply echo(TaskRequest task) {
    int pad = task.params().get("pad") instanceof Integer size ? size : 0;
    return TaskReply.Finished.of(Map.of("params", task.params(), "pad", "x".repeat(pad)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static List<JsonNode> stream(String body) throws IOException {
    Reply reply = gateway.send("main", "POST", PATH, body, "Content-Type", "application/x-ndjson");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/x-ndjson");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : reply.body().split("\n")) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  @Test
  void everyLineIsAnsweredAndTheLastIsTheSummary() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      body.append("{\"task_name\":\"echo\",\"params\":{\"i\":").append(i).append("}}\n");
    }

    List<JsonNode> lines = stream(body.toString());

    assertThat(lines).hasSize(5_001);
    Set<Integer> seen = new TreeSet<>();
    for (JsonNode line : lines.subList(0, 5_000)) {
      assertThat(line.get("status").asText()).as("%s", line).isEqualTo("finished");
      assertThat(line.at("/result/params/i").asInt(-1)).isEqualTo(line.get("index").asInt());
      seen.add(line.get("index").asInt());
    }
    assertThat(seen).hasSize(5_000);
    assertThat(lines.getLast().get("summary").get("finished").asInt()).isEqualTo(5_000);
  }

  @Test
  void aBadLineIsAnErrorLineAndNotTheEnd() throws IOException {
    List<JsonNode> lines =
        stream(
            """
            {"task_name":"echo","id":"first"}
            nonsense
            {"task_name":"no_such"}

            {"task_name":"echo","surprise":1}
            """
                + "x".repeat(2_000_000)
                + "\n{\"task_name\":\"echo\",\"id\":\"last\"}");

    assertThat(lines).hasSize(7);
    assertThat(lines.getLast().get("summary").get("finished").asInt()).isEqualTo(2);
    assertThat(lines.getLast().get("summary").get("failed").asInt()).isEqualTo(4);
    assertThat(lines)
        .filteredOn(line -> line.has("index"))
        .extracting(line -> line.get("index").asInt())
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    assertThat(lines)
        .extracting(line -> line.path("id").asText())
        .contains("first", "last")
        .doesNotHaveDuplicates();
    assertThat(lines)
        .extracting(line -> line.at("/error/message").asText())
        .anyMatch(message -> message.startsWith("Line 2: Invalid JSON"))
        .contains("Line 5: /surprise is not a known field")
        .anyMatch(message -> message.startsWith("Line 6: ") && message.contains("too long"));
  }

  @Test
  void aTaskWithoutAnIdNeverGetsTheIdOfAnother() throws IOException {
    List<JsonNode> lines =
        stream(
            """
            {"task_name":"echo","id":"1"}
            {"task_name":"echo"}
            {"task_name":"echo","id":"0"}
            {"task_name":"echo"}
            """);

    assertThat(lines.subList(0, 4))
        .extracting(line -> line.get("id").asText())
        .contains("0", "1")
        .doesNotHaveDuplicates();
  }

  @Test
  void aClientThatChoosesTheRequestsIdCannotMeetTheIdsMadeOfIt() throws IOException {
    Reply reply =
        gateway.send(
            "main",
            "POST",
            PATH,
            "{\"task_name\":\"echo\"}\n{\"task_name\":\"echo\",\"id\":\"job-0\"}\n",
            "Content-Type",
            "application/x-ndjson",
            "X-Request-Id",
            "job");

    assertThat(reply.body()).containsPattern("\"id\":\"job-[0-9a-f]{8}-0\"");
    assertThat(reply.body()).containsOnlyOnce("\"id\":\"job-0\"");
  }

  @Test
  void theLastLineIsRunThoughTheClientHasNoRoomForAnswersWhenTheInputEnds() {
    String big = "{\"task_name\":\"echo\",\"params\":{\"pad\":30000000}}\n";
    String last = "{\"task_name\":\"echo\",\"id\":\"last\"}";
    String body = big + last;
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST "
              + PATH
              + " HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
              + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
              + Integer.toHexString(body.length())
              + "\r\n"
              + body
              + "\r\n");
      client.readSome(1); // The answer to the first line fills all there is on the way.
      client.send("0\r\n\r\n");
      letEveryEventLoopTurn();

      assertThat(client.readToEnd()).contains("\"id\":\"last\"").contains("\"finished\":2");
    }
  }

  /**
   * Connections go to the event loops in turn: when these are answered, what came before is read.
   */
  private static void letEveryEventLoopTurn() {
    for (int i = 0; i < 32; i++) {
      try (RawClient other = gateway.raw()) {
        assertThat(other.get("/health/live").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void noLinesAreASummaryAlone() throws IOException {
    assertThat(stream("")).hasSize(1);
  }

  @Test
  void answersComeBeforeTheRequestEnds() {
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST "
              + PATH
              + " HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      String line = "{\"task_name\":\"echo\"}\n";
      String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
      client.send(chunk);
      assertThat(client.readChunkAfterHead()).contains("\"index\":0");

      client.send(chunk);
      assertThat(client.readChunk()).contains("\"index\":1");

      client.send("0\r\n\r\n");
      assertThat(client.readChunk()).contains("\"finished\":2");
    }
  }

  @Test
  void anHttp10ClientGetsItWithoutChunks() {
    try (RawClient client = gateway.raw()) {
      String body = "{\"task_name\":\"echo\"}\n";
      client.send(
          "POST "
              + PATH
              + " HTTP/1.0\r\nContent-Type: application/x-ndjson\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);

      assertThat(client.readToEnd())
          .contains("\"index\":0")
          .contains("summary")
          .doesNotContain("chunked");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"concurrency=0", "concurrency=x", "concurrency=2001", "surprise=1"})
  void aBadQueryIsRefused(String query) {
    Reply reply =
        gateway.send(
            "main", "POST", PATH + "?" + query, "", "Content-Type", "application/x-ndjson");

    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void theClientChoosesHowManyRunAtOnce() throws IOException {
    Reply reply =
        gateway.send(
            "main",
            "POST",
            PATH + "?concurrency=1",
            "{\"task_name\":\"echo\"}\n".repeat(20),
            "Content-Type",
            "application/x-ndjson");

    List<Integer> order = new ArrayList<>();
    for (String line : reply.body().split("\n")) {
      JsonNode index = Json.mapper().readTree(line).get("index");
      if (index != null) {
        order.add(index.asInt());
      }
    }
    assertThat(order).hasSize(20).isSorted();
  }

  @Test
  void anotherTypeIs415() {
    assertThat(gateway.post(PATH, "{}").status()).isEqualTo(415);
  }
}
