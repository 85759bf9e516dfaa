package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskReply;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that ask and then take nothing of the answer. */
class StalledClientTest {

  private static final String LONG = "x".repeat(1 << 20);
  private static final String TASK = "{\"task_name\":\"long\"}";
  private final AtomicInteger run = new AtomicInteger();
  private GatewayFixture gateway;

  private void start(String stall) {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "long-service",
                    FakeService.type("long", "long.answer"),
                    task -> {
                      run.incrementAndGet();
                      return TaskReply.Finished.of(Map.of("text", LONG));
                    })),
            "gateway.stall-timeout",
            stall,
            "gateway.keep-alive-requests",
            "1000000");
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 1);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void awaitNothingInFlight(String path) {
    String gauge = path.endsWith("/stream") ? "streams" : "in_flight";
    await()
        .atMost(15, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body())
                .contains("signalbox_gateway_" + gauge + " 0.0"));
  }

  private void givenThatNothingIsTaken(String path, String type, String body) {
    start("1s");
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST "
              + path
              + " HTTP/1.1\r\n$HOST\r\nContent-Type: "
              + type
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      await().atMost(15, TimeUnit.SECONDS).until(() -> run.get() > 0);

      awaitNothingInFlight(path);
    }
  }

  @Test
  void givenALargeAnswer_whenNothingIsTaken_thenItsPlaceIsGivenBack() {
    String tasks = String.join(",", Collections.nCopies(40, TASK));

    givenThatNothingIsTaken(
        "/api/v1/tasks/batch", "application/json", "{\"tasks\":[" + tasks + "]}");
  }

  @Test
  void givenAStreamOfAnswers_whenNothingIsTaken_thenItsPlaceIsGivenBack() {
    givenThatNothingIsTaken(
        "/api/v1/tasks/stream", "application/x-ndjson", (TASK + "\n").repeat(200));
    // What the sockets hold, and as many as may be under way: not all.
    assertThat(run.get()).isBetween(1, 100);
  }

  @Test
  void givenManySmallAnswers_whenNoneIsTaken_thenTheIdleConnectionIsCutOff() {
    start("5s");
    // Each is given to the socket whole, so no request is in flight while they wait there.
    String requests = "GET /metrics HTTP/1.1\r\n$HOST\r\n\r\n".repeat(50);
    try (RawClient client = gateway.raw()) {
      Thread.startVirtualThread(() -> {
        for (int i = 0; i < 100; i++) {
          client.send(requests);
        }
      });

      await()
          .pollInterval(20, TimeUnit.MILLISECONDS)
          .atMost(15, TimeUnit.SECONDS)
          .untilAsserted(() ->
              assertThat(gateway.get("/metrics").body())
                  .contains("signalbox_gateway_connections 2.0"));
      await()
          .atMost(30, TimeUnit.SECONDS)
          .untilAsserted(() ->
              assertThat(gateway.get("/metrics").body())
                  .contains("signalbox_gateway_connections 1.0"));
    }
  }

  @Test
  void givenAnAnswerTakenSlowly_whenItTakesLongerThanTheTimeout_thenItIsWhole() {
    start("12s");
    String tasks = String.join(",", Collections.nCopies(14, TASK));
    String body = "{\"tasks\":[" + tasks + "]}";
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST /api/v1/tasks/batch HTTP/1.1\r\n$HOST\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      AtomicInteger taken = new AtomicInteger();
      await()
          .pollInterval(500, TimeUnit.MILLISECONDS)
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> {
            client.readSome(200_000);
            return taken.addAndGet(200_000) >= 6_000_000;
          });

      assertThat(taken.get() + client.readToEnd().length()).isGreaterThan(14 << 20);
    }
  }
}
