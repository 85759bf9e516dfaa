package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.FakeCollector;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Requests as a collector sees them. */
class TracingTest {

  private static final String SPAN = "00f067aa0ba902b7";
  private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0";
  private static final Queue<Call> CALLS = new ConcurrentLinkedQueue<>();

  private static final AtomicReference<ServiceContext> SERVICE = new AtomicReference<>();
  private static final Operation<Empty, Empty> UNSERVED =
      Operation.repeatable("nobody.there", Empty.class, Empty.class, Duration.ofSeconds(5));

  private static FakeCollector collector;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    collector = FakeCollector.start();
    gateway =
        GatewayFixture.start(
            List.of(greeter()),
            "platform.trace-endpoint",
            collector.url(),
            "gateway.request-log",
            "on");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    collector.close();
  }

  private static ServiceDefinition<?> greeter() {
    return FakeService.named(
        "greeter-service",
        endpoint ->
            endpoint
                .task(
                    FakeService.type("greet", "greeter.greet"),
                    (task, call) -> {
                      CALLS.add(call);
                      return Future.succeededFuture(TaskReply.Finished.of(Map.of("said", "hello")));
                    })
                .task(
                    FakeService.type("break", "greeter.break"),
                    (task, call) -> {
                      throw new IllegalStateException("broken on purpose");
                    })
                .task(
                    FakeService.type("refuse", "greeter.refuse"),
                    (task, call) ->
                        Future.failedFuture(
                            new ServiceException(ErrorCode.NOT_FOUND, "nobody to greet"))),
        SERVICE::set);
  }

  private static Reply run(String task, String... headers) {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = "application/json";
    return gateway.send("tasks", "POST", "/run_task", "{\"task_name\":\"" + task + "\"}", all);
  }

  private static CollectedSpan await(String requestId, String name, String kind) {
    return collector.await(
        kind + " " + name,
        span ->
            span.name().equals(name)
                && span.kind().equals(kind)
                && requestId.equals(span.attributes().get("signalbox.request.id")));
  }

  @Test
  void aRequestIsOneTraceThroughTheGatewayTheCallAndTheHandler() {
    run("greet", "X-Request-Id", "whole");

    CollectedSpan request = await("whole", "POST /run_task", "SERVER");
    CollectedSpan call = await("whole", "greeter.greet", "CLIENT");
    CollectedSpan handler = await("whole", "greeter.greet", "SERVER");
    assertThat(request.parentId()).isEmpty();
    assertThat(call.parentId()).isEqualTo(request.spanId());
    assertThat(handler.parentId()).isEqualTo(call.spanId());
    assertThat(List.of(call.traceId(), handler.traceId())).containsOnly(request.traceId());
    assertThat(List.of(request.service(), call.service())).containsOnly("gateway-service");
    assertThat(handler.service()).isEqualTo("greeter-service");
    assertThat(handler.resource()).containsKeys("service.instance.id", "service.version");
  }

  @Test
  void spansAreDescribedInTheTermsOfTheConventions() {
    gateway.send("tasks", "GET", "/no-such-thing", null, "X-Request-Id", "nowhere");
    run("greet", "X-Request-Id", "terms");

    assertThat(await("terms", "POST /run_task", "SERVER").attributes())
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.route", "/run_task")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("url.path", "/run_task")
        .containsEntry("url.scheme", "http")
        .containsEntry("network.protocol.version", "1.1")
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", Integer.toString(gateway.port("tasks")))
        .containsEntry("client.address", "127.0.0.1")
        .doesNotContainKey("error.type");
    assertThat(await("terms", "greeter.greet", "CLIENT").attributes())
        .containsEntry("rpc.system", "signalbox")
        .containsEntry("rpc.service", "greeter")
        .containsEntry("rpc.method", "greet");
  }

  @Test
  void aQueryIsNotTold() {
    gateway.send("main", "GET", "/api/v1/services?secret=x", null, "X-Request-Id", "query");

    assertThat(await("query", "GET /api/v1/services", "SERVER").attributes().values())
        .noneMatch(value -> value.contains("secret"));
  }

  @Test
  void aDefectIsAnErrorOfCallAndHandler() {
    run("break", "X-Request-Id", "defect");

    for (String kind : List.of("CLIENT", "SERVER")) {
      CollectedSpan span = await("defect", "greeter.break", kind);
      assertThat(span.attributes()).containsEntry("error.type", "INTERNAL");
      assertThat(span.error()).isTrue();
    }
  }

  @Test
  void whatTheCallerAskedForWronglyIsNoErrorOfTheService() {
    run("refuse", "X-Request-Id", "refused");

    CollectedSpan handler = await("refused", "greeter.refuse", "SERVER");
    assertThat(handler.attributes()).containsEntry("error.type", "NOT_FOUND");
    assertThat(handler.error()).isFalse();
  }

  @Test
  void aTraceOfTheClientGoesOn() {
    String trace = "1bf92f3577b34da6a3ce929d0e0e4736";

    run("greet", "X-Request-Id", "goes-on", "traceparent", "00-" + trace + "-" + SPAN + "-01");

    CollectedSpan request = await("goes-on", "POST /run_task", "SERVER");
    assertThat(request.traceId()).isEqualTo(trace);
    assertThat(request.parentId()).isEqualTo(SPAN);
    assertThat(await("goes-on", "greeter.greet", "SERVER").traceId()).isEqualTo(trace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-2bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-2BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-2bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-01"
      })
  void aTraceParentThatIsNoneBeginsATraceOfItsOwn(String bad) {
    String id = "bad-" + Integer.toHexString(bad.hashCode());

    Reply reply = run("greet", "X-Request-Id", id, "traceparent", bad);

    assertThat(reply.status()).isEqualTo(200);
    CollectedSpan request = await(id, "POST /run_task", "SERVER");
    assertThat(request.parentId()).isEmpty();
    assertThat(request.traceId()).isNotEqualTo("2bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void aTraceThatTheClientDoesNotKeepIsPassedOnAndNotKept() {
    String trace = "3bf92f3577b34da6a3ce929d0e0e4736";
    String parent = "00-" + trace + "-" + SPAN + "-00";

    run("greet", "X-Request-Id", "unsampled", "traceparent", parent);
    run("greet", "X-Request-Id", "after");

    await("after", "POST /run_task", "SERVER");
    assertThat(collector.spans()).noneMatch(span -> span.traceId().equals(trace));
    assertThat(CALLS)
        .filteredOn(call -> call.requestId().equals("unsampled"))
        .extracting(call -> call.trace().parent())
        .containsExactly(parent);
  }

  @Test
  void givenATraceState_whenARequestComes_thenItsCallsHaveItAndItsSpansToo() {
    String parent = "00-6bf92f3577b34da6a3ce929d0e0e4736-" + SPAN + "-01";

    run(
        "greet",
        "X-Request-Id",
        "state",
        "traceparent",
        parent,
        "tracestate",
        "a=1",
        "tracestate",
        "b=2");

    assertThat(await("state", "greeter.greet", "SERVER").traceState()).isEqualTo("a=1,b=2");
    assertThat(CALLS)
        .filteredOn(call -> call.requestId().equals("state"))
        .extracting(call -> call.trace().state())
        .containsExactly("a=1,b=2");
  }

  @Test
  void givenATracedRequest_whenMetricsAreScrapedAsOpenMetrics_thenABucketHasItsTrace() {
    String trace = "7bf92f3577b34da6a3ce929d0e0e4736";
    gateway.send(
        "main",
        "GET",
        "/api/v1/task-types",
        null,
        "X-Request-Id",
        "exemplar",
        "traceparent",
        "00-" + trace + "-" + SPAN + "-01");
    CollectedSpan request = await("exemplar", "GET /api/v1/task-types", "SERVER");

    Reply open = gateway.send("main", "GET", "/metrics", null, "Accept", OPEN_METRICS);
    Reply plain = gateway.send("main", "GET", "/metrics", null);

    assertThat(open.body().lines())
        .anyMatch(line ->
            line.startsWith("signalbox_gateway_requests_seconds_bucket{")
                && line.contains("route=\"/api/v1/task-types\"")
                && line.contains("trace_id=\"" + trace + "\"")
                && line.contains("span_id=\"" + request.spanId() + "\""));
    assertThat(plain.body()).doesNotContain(trace).contains("signalbox_gateway_requests_seconds");
  }

  @Test
  void aRouteThatIsNotThereHasNoNameOfTheClients() {
    gateway.send("main", "BREW", "/no/such/thing", null, "X-Request-Id", "unrouted");

    CollectedSpan span = await("unrouted", "HTTP", "SERVER");
    assertThat(span.attributes())
        .containsEntry("http.request.method", "_OTHER")
        .doesNotContainKey("http.route");
  }

  @Test
  void furtherAttemptsAreEventsOfTheCall() {
    assertThat(
            SERVICE
                .get()
                .bus()
                .call(UNSERVED, Empty.EMPTY, Call.of("unserved", Duration.ofSeconds(5)))
                .toCompletionStage())
        .failsWithin(Duration.ofSeconds(10));

    CollectedSpan call = await("unserved", "nobody.there", "CLIENT");
    assertThat(call.events()).hasSize(3).containsOnly("no process serves it");
    assertThat(call.attributes()).containsEntry("error.type", "UNAVAILABLE");
    assertThat(call.error()).isTrue();
  }

  @Test
  void theNodeOfAnOperationOfItsOwnIsNotPartOfTheName() {
    assertThat(
            SERVICE
                .get()
                .bus()
                .call(UNSERVED.at("n0"), Empty.EMPTY, Call.of("at-node", Duration.ofSeconds(5)))
                .toCompletionStage())
        .failsWithin(Duration.ofSeconds(10));

    assertThat(await("at-node", "nobody.there", "CLIENT").attributes())
        .containsEntry("server.address", "n0");
  }

  @Test
  void theRequestLogTellsTheTrace() {
    Logger logger = (Logger) LoggerFactory.getLogger("signalbox.requests");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    logger.addAppender(lines);
    try {
      run("greet", "X-Request-Id", "logged");

      String trace = await("logged", "POST /run_task", "SERVER").traceId();
      org.awaitility.Awaitility.await()
          .untilAsserted(() ->
              assertThat(lines.list)
                  .extracting(line -> String.valueOf(line.getKeyValuePairs()))
                  .anyMatch(line -> line.contains("logged") && line.contains(trace)));
    } finally {
      logger.detachAppender(lines);
    }
  }
}
