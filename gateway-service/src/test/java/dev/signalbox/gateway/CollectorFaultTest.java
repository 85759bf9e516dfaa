package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.FakeCollector;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tracing must never cost a request its answer, whatever the collector does. */
class CollectorFaultTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final AtomicReference<ServiceContext> service = new AtomicReference<>();

  private GatewayFixture start(String... settings) {
    return GatewayFixture.start(
        List.of(
            FakeService.named(
                "greeter-service",
                endpoint ->
                    endpoint.task(
                        FakeService.type("greet", "greeter.greet"),
                        (task, call) ->
                            Future.succeededFuture(TaskReply.Finished.of(Map.of("said", "hello")))),
                service::set)),
        settings);
  }

  private static Reply greet(GatewayFixture gateway) {
    return gateway.send(
        "tasks",
        "POST",
        "/run_task",
        "{\"task_name\":\"greet\"}",
        "Content-Type",
        "application/json");
  }

  private double counted(String reason) {
    return service
        .get()
        .metrics()
        .get("signalbox.trace.spans.dropped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 404, 0})
  void whatTheCollectorDoesNotTakeIsDroppedAndCounted(int status) {
    try (FakeCollector collector = FakeCollector.answering(status);
        GatewayFixture gateway = start("platform.trace-endpoint", collector.url())) {
      assertThat(greet(gateway).status()).isEqualTo(200);

      await().atMost(PATIENCE).until(() -> counted("collector") >= 3);
      assertThat(greet(gateway).status()).isEqualTo(200);
    }
  }

  @Test
  void aCollectorThatIsNotThereIsDroppedFor() {
    String url;
    try (FakeCollector gone = FakeCollector.start()) {
      url = gone.url();
    }
    try (GatewayFixture gateway = start("platform.trace-endpoint", url)) {
      assertThat(greet(gateway).status()).isEqualTo(200);

      await().atMost(PATIENCE).until(() -> counted("collector") >= 3);
    }
  }

  @Test
  void moreThanTheQueueHoldsIsDroppedAndCounted() {
    try (FakeCollector collector = FakeCollector.answering(0);
        GatewayFixture gateway = start("platform.trace-endpoint", collector.url())) {
      greet(gateway);
      await().atMost(PATIENCE).until(() -> collector.requests() > 0);

      var tracer = Objects.requireNonNull(service.get().tracer());
      for (int i = 0; i < 5_000; i++) {
        tracer.spanBuilder("work").startSpan().end();
      }

      assertThat(counted("full")).isPositive();
      assertThat(greet(gateway).status()).isEqualTo(200);
    }
  }

  @Test
  void aSilentCollectorDoesNotHoldUpTheEnd() {
    try (FakeCollector collector = FakeCollector.answering(0)) {
      GatewayFixture gateway = start("platform.trace-endpoint", collector.url());
      greet(gateway);
      await().atMost(PATIENCE).until(() -> collector.requests() > 0);
      greet(gateway);

      assertThat(gateway.node().node().stop().toCompletionStage())
          .succeedsWithin(gateway.node().node().config().stopTimeout());
    }
  }

  @Test
  void whatIsStillWaitingAtTheEndIsSent() {
    try (FakeCollector collector = FakeCollector.start()) {
      try (GatewayFixture gateway = start("platform.trace-endpoint", collector.url())) {
        greet(gateway);
      }

      assertThat(collector.spans())
          .extracting(CollectedSpan::name)
          .contains("POST /run_task", "greeter.greet");
    }
  }

  @Test
  void ofARatioOfNothingNothingIsKept() {
    try (FakeCollector collector = FakeCollector.start()) {
      try (GatewayFixture gateway =
          start("platform.trace-endpoint", collector.url(), "platform.trace-ratio", "0")) {
        assertThat(greet(gateway).status()).isEqualTo(200);
      }

      assertThat(collector.spans()).isEmpty();
    }
  }
}
