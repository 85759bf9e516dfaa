package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs tasks of a service the gateway has never heard of. */
class TasksTest {

  private static final AtomicInteger RUNNING = new AtomicInteger();
  private static final AtomicInteger MOST = new AtomicInteger();
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "greeter-service",
                    FakeService.type("greet", "greeter.greet", "hello"),
                    task ->
                        TaskReply.Finished.of(
                            Map.of("greeting", "Hello " + task.params().get("name")))),
                FakeService.task(
                    "finder-service",
                    FakeService.type("find", "finder.find"),
                    task -> new TaskReply.Finished(Map.of("found", 0), "Nothing there")),
                FakeService.task(
                    "refuser-service",
                    FakeService.type("refuse", "refuser.refuse"),
                    task ->
                        task.params().containsKey("target")
                            ? new TaskReply.Failed(
                                new TaskError(
                                    "TIMEOUT", "Took too long", "connect", "target", true))
                            : new TaskReply.Failed(TaskError.badTask("target is required"))),
                FakeService.named(
                    "broken-service",
                    endpoint ->
                        endpoint.task(
                            FakeService.type("break", "broken.break"),
                            (task, call) ->
                                Future.failedFuture(
                                    new ServiceException(
                                        ErrorCode.OVERLOADED, "Enough to do already")))),
                FakeService.named(
                    "slow-service",
                    endpoint ->
                        endpoint.task(
                            FakeService.type("linger", "slow.linger"),
                            (task, call) -> {
                              MOST.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
                              Promise<TaskReply> promise = Promise.promise();
                              Vertx.currentContext()
                                  .owner()
                                  .setTimer(
                                      20,
                                      timer -> {
                                        RUNNING.decrementAndGet();
                                        promise.complete(
                                            TaskReply.Finished.of(Map.of("n", task.params())));
                                      });
                              return promise.future();
                            }))),
            "gateway.batch-concurrency",
            "4",
            "gateway.max-batch-concurrency",
            "4",
            "gateway.max-batch-tasks",
            "50");
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 5);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aTaskNobodyToldTheGatewayAboutRunsUnderItsNameAndAlias() {
    for (String name : List.of("greet", "hello")) {
      Reply reply =
          gateway.post(
              "/run_task", "{\"task_name\":\"" + name + "\",\"params\":{\"name\":\"you\"}}");

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEqualTo("{\"greeting\":\"Hello you\"}");
    }
  }

  @Test
  void aFindingThatIsBadIsTheResultWithAnError() {
    Reply reply = gateway.post("/run_task", "{\"task_name\":\"find\"}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body())
        .isEqualTo("{\"found\":0,\"status\":\"error\",\"error\":\"Nothing there\"}");
  }

  @Test
  void aTaskThatIsWrongHasAMessageAndOneThatFailedHasAnError() {
    Reply wrong = gateway.post("/run_task", "{\"task_name\":\"refuse\",\"params\":{}}");
    Reply failed =
        gateway.post("/run_task", "{\"task_name\":\"refuse\",\"params\":{\"target\":\"x\"}}");

    assertThat(wrong.status()).isEqualTo(200);
    assertThat(wrong.body()).isEqualTo("{\"status\":\"error\",\"message\":\"target is required\"}");
    assertThat(failed.status()).isEqualTo(200);
    assertThat(failed.body()).isEqualTo("{\"status\":\"error\",\"error\":\"Took too long\"}");
  }

  @Test
  void anUnknownTaskNamesThoseThereAre() {
    Reply reply = gateway.post("/run_task", "{\"task_name\":\"no_such\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("status").asText()).isEqualTo("error");
    assertThat(reply.json().get("message").asText()).isEqualTo("Unknown task: no_such");
    assertThat(reply.json().get("available_tasks"))
        .extracting(JsonNode::asText)
        .containsExactly("break", "find", "greet", "linger", "refuse");
  }

  @Test
  void aTaskWhoseServiceIsMissingIs503AndNamesIt() {
    Reply reply =
        gateway.post("/run_task", "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"a\"}}");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("retry-after")).isEqualTo("5");
    assertThat(reply.json().get("message").asText()).isEqualTo("dns-service is not available");
  }

  @Test
  void aServiceThatIsOverloadedIs503WithRetryAfter() {
    Reply reply = gateway.post("/run_task", "{\"task_name\":\"break\"}");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("retry-after")).isEqualTo("1");
    assertThat(reply.json().get("message").asText())
        .isEqualTo("broken-service: Enough to do already");
  }

  @Test
  void aMissingNameIsRequired() {
    for (String body : List.of("{}", "{\"task_name\":\"\"}", "{\"task_name\":null}")) {
      Reply reply = gateway.post("/run_task", body);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body())
          .isEqualTo("{\"status\":\"error\",\"message\":\"Task name is required\"}");
    }
  }

  @Test
  void mistypedFieldsAreNamed() {
    assertThat(gateway.post("/run_task", "{\"task_name\":7}").json().get("message").asText())
        .contains("task_name");
    assertThat(
            gateway
                .post("/run_task", "{\"task_name\":\"greet\",\"params\":[]}")
                .json()
                .get("message")
                .asText())
        .contains("params");
  }

  @Test
  void manyTasksKeepTheirOrderAndBadOnesAreItems() {
    Reply reply =
        gateway.post(
            "/run_tasks",
            """
            {"tasks":[{"task_name":"greet","params":{"name":"a"}},7,{"task_name":"no_such"},
            {"params":{}},{"task_name":"break"},{"task_name":"greet","params":{"name":"b"}}]}
            """);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("status").asText()).isEqualTo("success");
    JsonNode results = reply.json().get("results");
    assertThat(results).hasSize(6);
    assertThat(results.get(0).get("greeting").asText()).isEqualTo("Hello a");
    assertThat(results.get(1).get("message").asText()).isEqualTo("A task must be an object");
    assertThat(results.get(2).get("message").asText()).isEqualTo("Unknown task: no_such");
    assertThat(results.get(3).get("message").asText()).isEqualTo("Task name is required");
    assertThat(results.get(4).get("status").asText()).isEqualTo("error");
    assertThat(results.get(5).get("greeting").asText()).isEqualTo("Hello b");
  }

  @Test
  void noTasksAre400() {
    for (String body : List.of("{}", "{\"tasks\":[]}", "{\"tasks\":null}")) {
      Reply reply = gateway.post("/run_tasks", body);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body())
          .isEqualTo("{\"status\":\"error\",\"message\":\"No tasks provided\"}");
    }
  }

  @Test
  void badJsonIs400AndAWrongTypeIs415AndAWrongMethodIs405InTheClassicShape() {
    Reply bad = gateway.post("/run_task", "{\"task_name\":");
    Reply type = gateway.send("main", "POST", "/run_task", "{}", "Content-Type", "text/plain");
    Reply none = gateway.send("main", "POST", "/run_task", "{}");
    Reply method = gateway.get("/run_task");

    assertThat(bad.status()).isEqualTo(400);
    assertThat(type.status()).isEqualTo(415);
    assertThat(none.status()).isEqualTo(415);
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.header("allow")).isEqualTo("POST, OPTIONS");
    for (Reply reply : List.of(bad, type, none, method)) {
      assertThat(reply.json().get("status").asText()).isEqualTo("error");
      assertThat(reply.json().get("message").asText()).isNotEmpty();
    }
  }

  @Test
  void theTasksDoorServesTheSame() {
    Reply reply =
        gateway.send(
            "tasks",
            "POST",
            "/run_task",
            "{\"task_name\":\"greet\",\"params\":{\"name\":\"5000\"}}",
            "Content-Type",
            "application/json; charset=utf-8");

    assertThat(reply.body()).isEqualTo("{\"greeting\":\"Hello 5000\"}");
  }

  @Test
  void aTaskOfTheNewApiSaysHowItWent() {
    Reply reply =
        gateway.post(
            "/api/v1/tasks", "{\"task_name\":\"greet\",\"params\":{\"name\":\"x\"},\"id\":\"t1\"}");

    assertThat(reply.status()).isEqualTo(200);
    JsonNode task = reply.json();
    assertThat(task.get("id").asText()).isEqualTo("t1");
    assertThat(task.get("task_name").asText()).isEqualTo("greet");
    assertThat(task.get("status").asText()).isEqualTo("finished");
    assertThat(task.get("duration_ms").isIntegralNumber()).isTrue();
    assertThat(task.get("result").get("greeting").asText()).isEqualTo("Hello x");
    assertThat(task.get("error").isNull()).isTrue();
  }

  @Test
  void aTaskThatCouldNotBeAnsweredIsFailed() {
    JsonNode task =
        gateway
            .post("/api/v1/tasks", "{\"task_name\":\"refuse\",\"params\":{\"target\":\"x\"}}")
            .json();

    assertThat(task.get("status").asText()).isEqualTo("failed");
    assertThat(task.get("result").isNull()).isTrue();
    assertThat(task.get("error").get("code").asText()).isEqualTo("TIMEOUT");
    assertThat(task.get("error").get("phase").asText()).isEqualTo("connect");
    assertThat(task.get("error").get("source").asText()).isEqualTo("target");
    assertThat(task.get("error").get("retryable").asBoolean()).isTrue();
  }

  @Test
  void aTaskThatTakesLongerThanItMayHasFailedByTimeout() {
    JsonNode task =
        gateway.post("/api/v1/tasks", "{\"task_name\":\"linger\",\"timeout_ms\":1}").json();

    assertThat(task.get("status").asText()).isEqualTo("failed");
    assertThat(task.get("error").get("code").asText()).isEqualTo("TIMEOUT");
  }

  @Test
  void everyWrongFieldIsNamedAtOnce() {
    Reply reply =
        gateway.post(
            "/api/v1/tasks", "{\"task_nam\":\"greet\",\"params\":7,\"timeout_ms\":0,\"a/b\":1}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
    assertThat(reply.json().get("code").asText()).isEqualTo("INVALID_REQUEST");
    assertThat(reply.json().get("request_id").asText()).isEqualTo(reply.header("x-request-id"));
    assertThat(reply.json().get("retryable").asBoolean()).isFalse();
    assertThat(reply.json().get("errors"))
        .extracting(error -> error.get("pointer").asText())
        .containsExactlyInAnyOrder("/task_name", "/params", "/timeout_ms", "/task_nam", "/a~1b");
  }

  @Test
  void anUnknownTaskOfTheNewApiIs400() {
    Reply reply = gateway.post("/api/v1/tasks", "{\"task_name\":\"no_such\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").get(0).get("pointer").asText()).isEqualTo("/task_name");
  }

  @Test
  void aBatchCountsAndKeepsOrderAndNeverRunsMoreAtOnceThanAllowed() {
    String tasks =
        IntStream.range(0, 30)
            .mapToObj(i -> "{\"task_name\":\"linger\",\"params\":{\"i\":" + i + "}}")
            .collect(Collectors.joining(","));

    Reply reply =
        gateway.post(
            "/api/v1/tasks/batch",
            "{\"tasks\":[" + tasks + ",{\"task_name\":\"no_such\",\"id\":\"last\"}]}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("counts").toString()).isEqualTo("{\"finished\":30,\"failed\":1}");
    JsonNode results = reply.json().get("results");
    for (int i = 0; i < 30; i++) {
      assertThat(results.get(i).get("result").get("n").get("i").asInt()).isEqualTo(i);
    }
    assertThat(results.get(30).get("id").asText()).isEqualTo("last");
    assertThat(MOST.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void aBatchWithEqualIdsIs400AndTooLargeABatchIs413() {
    Reply equal =
        gateway.post(
            "/api/v1/tasks/batch",
            """
            {"tasks":[{"task_name":"greet","id":"a"},{"task_name":"greet","id":"a"}]}
            """);
    String many =
        IntStream.range(0, 51)
            .mapToObj(i -> "{\"task_name\":\"greet\"}")
            .collect(Collectors.joining(","));
    Reply large = gateway.post("/api/v1/tasks/batch", "{\"tasks\":[" + many + "]}");

    assertThat(equal.status()).isEqualTo(400);
    assertThat(equal.json().get("errors").get(0).get("pointer").asText()).isEqualTo("/tasks/1/id");
    assertThat(large.status()).isEqualTo(413);
  }

  @Test
  void tasksOfABatchWithoutIdsNeverGetTheIdOfAnother() {
    JsonNode results =
        gateway
            .post(
                "/api/v1/tasks/batch",
                """
                {"tasks":[{"task_name":"greet"},{"task_name":"greet","id":"0"},
                  {"task_name":"greet"},{"task_name":"greet","id":"2"}]}
                """)
            .json()
            .get("results");

    assertThat(results)
        .extracting(result -> result.get("id").asText())
        .hasSize(4)
        .contains("0", "2")
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/tasks/batch", "/run_tasks"})
  void aBatchOfAMillionEmptyArraysIs413(String path) {
    Reply reply = gateway.post(path, "{\"tasks\":[" + "[],".repeat(1_000_000) + "[]]}");

    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.body()).contains("more than 50 items");
  }

  @Test
  void aBatchThatIsWrongEverywhereHasAShortAnswer() {
    String members =
        IntStream.range(0, 50_000)
            .mapToObj(i -> "\"n" + i + "\":1")
            .collect(Collectors.joining(","));

    Reply reply = gateway.post("/api/v1/tasks", "{" + members + "}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors")).hasSize(50);
    assertThat(reply.json().get("detail").asText()).endsWith("the first 50 are listed)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\u0001"})
  void aStringThatIsNoTextIs400(String text) {
    Reply reply = gateway.post("/api/v1/tasks", "{\"task_name\":\"" + text + "\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("code").asText()).isEqualTo("MALFORMED");
    assertThat(reply.json().get("detail").asText()).contains("(line 1, column");
  }

  @Test
  void taskTypesShowNameAliasesAndSchema() {
    JsonNode types = gateway.get("/api/v1/task-types").json().get("items");

    JsonNode greet =
        IntStream.range(0, types.size())
            .mapToObj(types::get)
            .filter(type -> type.get("name").asText().equals("greet"))
            .findFirst()
            .orElseThrow();
    assertThat(greet.get("aliases").get(0).asText()).isEqualTo("hello");
    assertThat(greet.get("service").asText()).isEqualTo("greeter-service");
    assertThat(greet.get("params_schema").get("type").asText()).isEqualTo("object");
  }

  @Test
  void servicesAreListedWithTheirState() {
    JsonNode items = gateway.get("/api/v1/services").json().get("items");

    assertThat(items)
        .extracting(item -> item.get("service").asText())
        .contains("greeter-service", "gateway-service");
    assertThat(items.get(0).get("state").asText()).isEqualTo("ready");
    assertThat(items.get(0).has("p99_ms")).isTrue();
  }

  @Test
  void anUnknownQueryParameterIsNamed() {
    Reply reply = gateway.get("/api/v1/services?limt=3");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").get(0).get("pointer").asText()).isEqualTo("?limt");
  }
}
