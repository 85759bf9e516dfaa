package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedProbeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:%d/",
        "http://localhost:%d/",
        "http://anything.localhost:%d/",
        "http://[::ffff:127.0.0.1]:%d/",
        "http://[64:ff9b::7f00:1]:%d/",
        "http://[::7f00:1]:%d/",
        "http://0.0.0.0:%d/",
        "http://[::]:%d/",
        "https://127.0.0.1:%d/"
      })
  void nothing_reaches_this_machine_by_default(String url) {
    try (TestNode node = TestNode.start(HttpProbeMain.SERVICE, Map.of());
        FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "internal"))) {
      TaskError error = new ProbeClient(node).failedProbe(url.formatted(server.port()));

      assertThat(error.code()).isEqualTo("BLOCKED_TARGET");
      assertThat(error.message()).contains("is blocked: ");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void connect_to_and_redirects_are_judged_too() {
    try (TestNode node =
            TestNode.start(
                HttpProbeMain.SERVICE,
                Map.of("guard.allow", "127.0.0.1/32", "guard.deny", "127.0.0.9/32"));
        FakeHttpServer server =
            FakeHttpServer.start(HttpAnswer.redirect(302, "http://127.0.0.9/"))) {
      ProbeClient client = new ProbeClient(node);

      assertThat(client.failedProbe(server.url("/")).message())
          .isEqualTo("127.0.0.9 is blocked: guard.deny has 127.0.0.9/32");
      assertThat(server.requests()).hasSize(1);
      assertThat(
              client.failedProbe("http://example.com/", "connect_to", "169.254.169.254:80").code())
          .isEqualTo("BLOCKED_TARGET");
    }
  }

  @Test
  void a_stopping_service_closes_its_sockets() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      try (TestNode node =
          TestNode.start(HttpProbeMain.SERVICE, Map.of("guard.allow-private", "true"))) {
        node.bus()
            .call(
                dev.signalbox.contracts.httpprobe.HttpProbeContract.PROBE_TASK,
                new dev.signalbox.contracts.TaskRequest(
                    "http_probe", Map.of("url", server.url("/"), "timeout_ms", 60_000)),
                dev.signalbox.platform.bus.Call.within(java.time.Duration.ofSeconds(60)));
        org.awaitility.Awaitility.await().until(() -> server.requests().size() == 1);
      }
      org.awaitility.Awaitility.await().until(() -> server.openConnections() == 0);
    }
  }
}
