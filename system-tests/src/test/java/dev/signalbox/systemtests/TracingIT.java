package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.FakeCollector;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Traces through real processes, and what is left of tracing when it is off. */
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

  private static CollectedSpan await(FakeCollector collector, String name, String kind) {
    return collector.await(
        kind + " " + name,
        span ->
            span.traceId().equals(TRACE) && span.name().equals(name) && span.kind().equals(kind));
  }

  @Test
  void withoutAnEndpointNothingOfItIsInTheProcess() throws Exception {
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      Http.get(system.doors().main(), "/api/v1/services");

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
