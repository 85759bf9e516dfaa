package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of tasks whose sender makes its lines while it sends them. */
class SlowStreamTest {

  private static final String LINE = "{\"task_name\":\"echo\"}\n";
  private static final String CHUNK = Integer.toHexString(LINE.length()) + "\r\n" + LINE + "\r\n";
  private GatewayFixture gateway;

  private void start(String pause) {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "echo-service",
                    FakeService.type("echo", "echo.echo"),
                    task -> TaskReply.Finished.of(Map.of()))),
            "gateway.body-timeout",
            "500ms",
            "gateway.body-min-rate",
            "1000000",
            "gateway.stream-pause",
            pause);
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 1);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private RawClient begun() {
    RawClient client = gateway.raw();
    client.send(
        "POST /api/v1/tasks/stream HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + CHUNK);
    assertThat(client.readChunkAfterHead()).contains("\"index\":0");
    return client;
  }

  @Test
  void givenAPauseAfterEachLine_whenTheyComeToMoreThanABodyMayWait_thenAllIsAnswered() {
    start("10s");
    try (RawClient client = begun()) {
      AtomicInteger sent = new AtomicInteger(1);
      await()
          .pollInterval(300, TimeUnit.MILLISECONDS)
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> {
            client.send(CHUNK);
            assertThat(client.readChunk()).contains("\"index\":" + sent.get());
            return sent.incrementAndGet() == 8;
          });
      client.send("0\r\n\r\n");

      assertThat(client.readChunk()).contains("\"summary\":{\"finished\":8");
    }
  }

  @Test
  void givenASilentSender_whenThePauseIsOver_thenTheAnswerBreaksOffWithoutASummary() {
    start("3s");
    try (RawClient client = begun()) {
      assertThat(client.readToEnd()).doesNotContain("summary");
    }
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0"));
  }
}
