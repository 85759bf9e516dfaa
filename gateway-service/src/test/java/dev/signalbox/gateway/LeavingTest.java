package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client leaves behind when it goes before its answer. */
class LeavingTest {

  private static final AtomicInteger BEGUN = new AtomicInteger();
  private static final AtomicInteger UNDER_WAY = new AtomicInteger();
  private static final String TASK = "{\"task_name\":\"hang\"}";
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "hanging-service",
                    endpoint ->
                        endpoint.task(
                            FakeService.type("hang", "hanging.hang"),
                            (task, call) -> {
                              BEGUN.incrementAndGet();
                              UNDER_WAY.incrementAndGet();
                              Promise<TaskReply> promise = Promise.promise();
                              call.cancellation()
                                  .onRequest(() -> {
                                    UNDER_WAY.decrementAndGet();
                                    promise.fail(
                                        new ServiceException(ErrorCode.CANCELLED, "given up"));
                                  });
                              return promise.future();
                            }))));
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 1);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void forget() {
    BEGUN.set(0);
    UNDER_WAY.set(0);
  }

  private static void awaitUnderWay(int number) {
    await().atMost(10, TimeUnit.SECONDS).untilAtomic(UNDER_WAY, org.hamcrest.Matchers.is(number));
  }

  private static String post(String path, String type, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\n$HOST\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void givenATask_whenItsClientLeaves_thenTheServiceIsTold() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/api/v1/tasks", "application/json", TASK));
      awaitUnderWay(1);
    }

    awaitUnderWay(0);
  }

  @Test
  void givenATask_whenItsClientLeaves_thenTheRequestIsNotCountedAsASuccess() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", "application/json", TASK));
      awaitUnderWay(1);
    }

    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body())
                .contains("{method=\"POST\",route=\"/run_task\",status=\"4xx\"}")
                .doesNotContain("{method=\"POST\",route=\"/run_task\",status=\"2xx\"}"));
    awaitUnderWay(0);
  }

  @Test
  void givenAClassicTask_whenItsClientLeaves_thenTheServiceIsTold() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", "application/json", TASK));
      awaitUnderWay(1);
    }

    awaitUnderWay(0);
  }

  @Test
  void givenABatch_whenItsClientLeaves_thenNoFurtherTaskBegins() {
    String tasks = String.join(",", java.util.Collections.nCopies(200, TASK));
    try (RawClient client = gateway.raw()) {
      client.send(
          post(
              "/api/v1/tasks/batch",
              "application/json",
              "{\"concurrency\":10,\"tasks\":[" + tasks + "]}"));
      awaitUnderWay(10);
    }

    awaitUnderWay(0);
    assertThat(BEGUN).hasValue(10);
  }

  @Test
  void givenAStreamThatIsSentWhole_whenItsClientLeaves_thenNoFurtherTaskBegins() {
    String lines = (TASK + "\n").repeat(20_000);
    try (RawClient client = gateway.raw()) {
      Thread sender =
          Thread.startVirtualThread(
              () -> client.send(post("/api/v1/tasks/stream", "application/x-ndjson", lines)));
      awaitUnderWay(256);
      assertThat(sender).isNotNull();
    }

    awaitUnderWay(0);
    assertThat(BEGUN).hasValue(256);
  }

  /** Sends the first line of a stream and waits until its task runs. */
  private static void beginStream(RawClient client) {
    String line = TASK + "\n";
    client.send(
        "POST /api/v1/tasks/stream HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(line.length())
            + "\r\n"
            + line
            + "\r\n");
    awaitUnderWay(1);
  }

  @Test
  void givenAStreamThatWaitsForLines_whenItsClientLeaves_thenTheServiceIsTold() {
    try (RawClient client = gateway.raw()) {
      beginStream(client);
    }

    awaitUnderWay(0);
  }

  @Test
  void givenAStreamWhoseBodyBreaks_whenItIsAnsweredWithAnError_thenTheServiceIsTold() {
    try (RawClient client = gateway.raw()) {
      beginStream(client);
      client.send("not a chunk\r\n");

      awaitUnderWay(0);
    }
  }
}
