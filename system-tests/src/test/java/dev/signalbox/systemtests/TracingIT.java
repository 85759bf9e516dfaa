package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeCollector;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.LongTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Traces through real processes, and what is left of tracing when it is off. */
@LongTest
class TracingIT {

  private static final String TRACE = "5bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void aTraceCrossesProcesses() {
    try (FakeCollector collector = FakeCollector.start();
        Cluster cluster =
            Cluster.gatewayAlone(Shape.settings("platform.trace-endpoint", collector.url()))) {
      cluster.launch("code-service");
      cluster.awaitReady("code-service", 1);

      Reply reply =
          Http.send(
              cluster.doors().main(),
              "POST",
              "/api/v1/codes",
              "{\"uuid\":\"00000000-0000-4000-8000-000000000001\"}",
              "Content-Type: application/json",
              "traceparent: 00-" + TRACE + "-" + SPAN + "-01");

      assertThat(reply.status()).as(reply.toString()).isLessThan(300);
      CollectedSpan request = await(collector, "POST /api/v1/codes", "SERVER");
      CollectedSpan call = await(collector, "code.issue", "CLIENT");
      CollectedSpan handler = await(collector, "code.issue", "SERVER");
      assertThat(request.parentId()).isEqualTo(SPAN);
      assertThat(call.parentId()).isEqualTo(request.spanId());
      assertThat(handler.parentId()).isEqualTo(call.spanId());
      assertThat(call.service()).isEqualTo("gateway-service");
      assertThat(handler.service()).isEqualTo("code-service");
      assertThat(cluster.output()).contains(TRACE);
    }
  }

  @Test
  void givenAMessage_whenStoredByAnotherProcess_thenTheTraceIsOneTreeDownToTheStatements() {
    try (FakeCollector collector = FakeCollector.start();
        Cluster cluster =
            Cluster.gatewayAlone(Shape.settings("platform.trace-endpoint", collector.url()))) {
      cluster.launch("code-service");
      cluster.awaitReady("code-service", 1);
      String uuid = "00000000-0000-4000-8000-000000000002";
      String code =
          Http.send(
                  cluster.doors().main(),
                  "POST",
                  "/api/v1/codes",
                  "{\"uuid\":\"" + uuid + "\"}",
                  "Content-Type: application/json",
                  "traceparent: 00-" + TRACE + "-" + SPAN + "-00")
              .json()
              .path("unique")
              .asText();

      Reply reply =
          Http.send(
              cluster.doors().main(),
              "POST",
              "/api/v1/messages",
              "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"secret\"}".formatted(uuid, code),
              "Content-Type: application/json",
              "traceparent: 00-" + TRACE + "-" + SPAN + "-01",
              "tracestate: vendor=1",
              "tracestate: other=2");

      assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
      CollectedSpan handler = await(collector, "code.store-message", "SERVER");
      CollectedSpan batch = await(collector, "message batch", "INTERNAL");
      CollectedSpan write = await(collector, "write code", "CLIENT");
      await(collector, "POST /api/v1/messages", "SERVER");
      await(collector, "code.store-message", "CLIENT");
      assertThat(batch.parentId()).isEqualTo(handler.spanId());
      assertThat(write.parentId()).isEqualTo(batch.spanId());
      assertThat(write.service()).isEqualTo("code-service");
      assertThat(write.attributes())
          .containsEntry("db.system.name", "sqlite")
          .containsEntry(
              "db.query.summary", "SELECT message_head; INSERT message; UPDATE message_head");
      assertOneTree(collector);
      // What was not sampled has left nothing, and what others say of the trace is still there.
      assertThat(ofTrace(collector))
          .noneMatch(span -> span.name().contains("codes") || span.name().contains("issue"))
          .allSatisfy(span -> assertThat(span.traceState()).isEqualTo("vendor=1,other=2"));
    }
  }

  @Test
  void givenATraceStateThatIsNone_whenARequestComes_thenTheTraceGoesOnWithoutIt() {
    try (FakeCollector collector = FakeCollector.start();
        OneProcess system =
            OneProcess.start(Shape.settings("platform.trace-endpoint", collector.url()))) {
      Http.get(
          system.doors().main(),
          "/api/v1/messages",
          "traceparent: 00-" + TRACE + "-" + SPAN + "-01",
          "tracestate: NOT A STATE");

      CollectedSpan handler = await(collector, "code.list-messages", "SERVER");
      CollectedSpan read = await(collector, "read code", "CLIENT");
      assertThat(read.parentId()).isEqualTo(handler.spanId());
      assertThat(List.of(handler.traceState(), read.traceState())).containsOnly("");
    }
  }

  @Test
  void givenTasksOfDnsAndHttp_whenRun_thenQueriesAndPhasesAreInTheTrace() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    try (FakeCollector collector = FakeCollector.start();
        FakeDnsServer dns = FakeDnsServer.start().record("a.test. 60 IN A 127.0.0.1");
        FakeHttpServer web = FakeHttpServer.start(HttpAnswer.of(200, "hello"));
        OneProcess system =
            OneProcess.start(
                Shape.settings(
                    "platform.trace-endpoint", collector.url(),
                    "resolver.upstreams", dns.resolver()))) {
      dns.script("silent.test", DnsBehaviour.drop(), DnsBehaviour.drop(), DnsBehaviour.drop());
      runTask(system, "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"a.test\"}}");
      runTask(
          system,
          "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"silent.test\",\"timeout_ms\":300}}");
      runTask(
          system,
          "{\"task_name\":\"http_probe\",\"params\":{\"url\":\"http://a.test:%d/x\"}}"
              .formatted(web.port()));
      runTask(
          system,
          "{\"task_name\":\"http_probe\",\"params\":{\"url\":\"http://127.0.0.1:%d/\"}}"
              .formatted(closed));

      CollectedSpan hop =
          awaitThat(
              collector,
              span ->
                  "200".equals(span.attributes().get("http.response.status_code"))
                      && span.kind().equals("CLIENT"));
      CollectedSpan phase = await(collector, "dns", "INTERNAL");
      assertThat(hop.service()).isEqualTo("http-probe-service");
      assertThat(phase.parentId()).isEqualTo(hop.spanId());
      awaitThat(
          collector,
          span ->
              span.name().equals("DNS query")
                  && span.service().equals("http-probe-service")
                  && span.parentId().equals(phase.spanId()));
      awaitThat(
          collector,
          span ->
              span.service().equals("dns-service")
                  && "NOERROR".equals(span.attributes().get("signalbox.dns.response.code")));
      awaitThat(
          collector,
          span ->
              span.name().equals("DNS query")
                  && "TIMEOUT".equals(span.attributes().get("error.type")));
      awaitThat(
          collector,
          span ->
              span.name().equals("connect")
                  && "CONNECT".equals(span.attributes().get("error.type")));
      assertOneTree(collector);
    }
  }

  private static void runTask(OneProcess system, String body) {
    Reply reply =
        Http.send(
            system.doors().tasks(),
            "POST",
            "/run_task",
            body,
            "Content-Type: application/json",
            "traceparent: 00-" + TRACE + "-" + SPAN + "-01");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
  }

  private static List<CollectedSpan> ofTrace(FakeCollector collector) {
    return collector.spans().stream().filter(span -> span.traceId().equals(TRACE)).toList();
  }

  /** Every span has its parent in the trace, but for that of the client. */
  private static void assertOneTree(FakeCollector collector) {
    Awaitility.await()
        .untilAsserted(() -> {
          List<CollectedSpan> spans = ofTrace(collector);
          Set<String> ids =
              Stream.concat(Stream.of(SPAN), spans.stream().map(CollectedSpan::spanId))
                  .collect(Collectors.toSet());
          assertThat(spans).allSatisfy(span -> assertThat(ids).contains(span.parentId()));
        });
  }

  private static CollectedSpan awaitThat(FakeCollector collector, Predicate<CollectedSpan> wanted) {
    return collector.await(
        "of the trace", span -> span.traceId().equals(TRACE) && wanted.test(span));
  }

  private static CollectedSpan await(FakeCollector collector, String name, String kind) {
    return collector.await(
        kind + " " + name,
        span ->
            span.traceId().equals(TRACE) && span.name().equals(name) && span.kind().equals(kind));
  }

  @Test
  void withoutAnEndpointNothingOfItIsInTheProcess() throws Exception {
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      int main = system.doors().main();
      Http.get(main, "/api/v1/services");
      String traceparent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      for (String task :
          List.of(
              "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"example.com\"}}",
              "{\"task_name\":\"http_probe\",\"params\":{\"url\":\"http://127.0.0.1:%d/\"}}"
                  .formatted(Surroundings.webPort()))) {
        Reply done =
            Http.send(
                main, "POST", "/api/v1/tasks", task, "Content-Type: application/json", traceparent);
        assertThat(done.text()).contains("finished");
      }
      String code =
          Http.post(main, "/api/v1/codes", "{\"uuid\":\"u\"}").json().path("unique").asText();
      Reply stored =
          Http.post(
              main,
              "/api/v1/messages",
              "{\"uuid\":\"u\",\"unique\":\"%s\",\"text\":\"x\"}".formatted(code));
      assertThat(stored.status()).isEqualTo(201);

      assertThat(jcmd(system.process(), "VM.class_hierarchy"))
          .contains("dev.signalbox.platform.trace.Tracing")
          .doesNotContain("io.opentelemetry");
      assertThat(jcmd(system.process(), "Thread.print"))
          .contains("vert.x-eventloop")
          .doesNotContain("BatchSpanProcessor");
    }
  }

  private static String jcmd(SignalboxProcess process, String command)
      throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home") + "/bin/jcmd",
                    Long.toString(process.pid()),
                    command))
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader reader = jcmd.inputReader()) {
      reader.lines().forEach(line -> said.append(line).append('\n'));
    }
    assertThat(jcmd.waitFor()).as(said.toString()).isZero();
    return said.toString();
  }
}
