package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches whose answers are larger than may be kept. */
class LargeBatchTest {

  private static final int ANSWER = 100_000;
  private final AtomicInteger run = new AtomicInteger();
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    String text = "x".repeat(ANSWER);
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "long-service",
                    FakeService.type("long", "long.answer"),
                    task -> {
                      run.incrementAndGet();
                      return TaskReply.Finished.of(Map.of("text", text));
                    })),
            "gateway.max-batch-bytes",
            "1050000",
            "gateway.batch-concurrency",
            "2");
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/api/v1/task-types").json().get("items").size() == 1);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply batch(String path, int tasks) {
    String list = String.join(",", Collections.nCopies(tasks, "{\"task_name\":\"long\"}"));
    return gateway.post(path, "{\"tasks\":[" + list + "]}");
  }

  @Test
  void givenAnswersThatFit_whenABatchIsRun_thenAllAreThereInOrder() {
    Reply reply = batch("/api/v1/tasks/batch", 10);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/counts/finished").asInt()).isEqualTo(10);
    assertThat(reply.json().get("results"))
        .extracting(r -> r.get("id").asText().replaceFirst(".*-", ""))
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  @Test
  void givenAnswersThatDoNotFit_whenABatchIsRun_thenTheRestIsToldAsTooLargeAndNotBegun() {
    Reply reply = batch("/api/v1/tasks/batch", 1_000);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/counts/finished").asInt()).isEqualTo(10);
    assertThat(reply.json().at("/counts/failed").asInt()).isEqualTo(990);
    JsonNode last = reply.json().get("results").get(999);
    assertThat(last.at("/status").asText()).isEqualTo("failed");
    assertThat(last.at("/error/code").asText()).isEqualTo("TOO_LARGE");
    assertThat(last.at("/error/message").asText()).contains("/api/v1/tasks/stream");
    assertThat(run.get()).isLessThan(20);
  }

  @Test
  void givenAnswersThatDoNotFit_whenAClassicBatchIsRun_thenItSaysSoInTheirPlaces() {
    Reply reply = batch("/run_tasks", 1_000);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/status").asText()).isEqualTo("success");
    assertThat(reply.json().get("results")).hasSize(1_000);
    assertThat(reply.json().at("/results/0").toString())
        .startsWith("{\"text\":\"xxx")
        .hasSizeGreaterThan(ANSWER);
    assertThat(reply.json().at("/results/999/status").asText()).isEqualTo("error");
  }

  @Test
  void givenABatchThatDidNotFit_whenTheNextIsRun_thenItHasRoomAgain() {
    batch("/api/v1/tasks/batch", 1_000);

    assertThat(batch("/api/v1/tasks/batch", 10).json().at("/counts/finished").asInt())
        .isEqualTo(10);
  }
}
