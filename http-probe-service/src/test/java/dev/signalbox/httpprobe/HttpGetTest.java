package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.probe.ProbeRig;
import dev.signalbox.httpprobe.task.GetTaskReader;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.http.HttpServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
class HttpGetTest {

  @Parameter boolean nativeTls;

  private static TestNode node;
  private static ProbeClient client;

  @BeforeParameterizedClassInvocation
  static void start(boolean nativeTls) {
    node =
        TestNode.start(
            HttpProbeMain.SERVICE,
            Map.of(
                "guard.allow-private",
                "true",
                "http-probe.native-tls",
                Boolean.toString(nativeTls)));
    client = new ProbeClient(node);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    node.close();
  }

  @Test
  void fetches_a_page_in_the_clear_when_told() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "page"))) {
      Map<String, Object> result =
          client.get(
              Map.of(
                  "domain_or_ip",
                  "127.0.0.1",
                  "port",
                  server.port(),
                  "uri",
                  "a b",
                  "scheme",
                  "http"));

      assertThat(result)
          .containsEntry("url", server.url("/a%20b"))
          .containsEntry("status_code", 200)
          .containsEntry("data", "page");
    }
  }

  @Test
  void fetches_from_a_plain_server_on_any_port_without_being_told() {
    HttpServer server =
        TestNode.await(
            node.vertx()
                .createHttpServer()
                .requestHandler(request -> request.response().end("This is a test page!"))
                .listen(0, "127.0.0.1"));
    try {
      assertThat(
              client.get(
                  Map.of("domain_or_ip", "127.0.0.1", "port", server.actualPort(), "uri", "/test")))
          .containsEntry("url", "http://127.0.0.1:" + server.actualPort() + "/test")
          .containsEntry("data", "This is a test page!");
    } finally {
      TestNode.await(server.close());
    }
  }

  @Test
  void turns_to_plain_http_when_the_target_is_silent_on_a_tls_greeting() {
    // Waits for the end of a head, which a TLS greeting never brings.
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "plain"))) {
      assertThat(
              client.get(
                  Map.of("domain_or_ip", "127.0.0.1", "port", server.port(), "timeout_ms", 4_000)))
          .containsEntry("url", server.url("/"))
          .containsEntry("data", "plain");
    }
  }

  @Test
  void stays_silent_no_longer_than_the_task_allows_when_plain_http_finds_nothing_either() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      TaskError error =
          client.failedGet(
              Map.of("domain_or_ip", "127.0.0.1", "port", server.port(), "timeout_ms", 3_000));

      assertThat(error.code()).isEqualTo("TIMEOUT");
      assertThat(error.phase()).isEqualTo("first_byte");
    }
  }

  @Test
  void does_not_fall_back_when_https_was_asked_for() {
    HttpServer server =
        TestNode.await(
            node.vertx()
                .createHttpServer()
                .requestHandler(request -> request.response().end("x"))
                .listen(0, "127.0.0.1"));
    try {
      TaskError error =
          client.failedGet(
              Map.of("domain_or_ip", "127.0.0.1", "port", server.actualPort(), "scheme", "https"));
      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.message())
          .isEqualTo("HTTP GET request failed: the target speaks plain HTTP on this port, not TLS");
    } finally {
      TestNode.await(server.close());
    }
  }

  @Test
  void does_not_fall_back_when_a_certificate_does_not_verify() {
    try (FakeHttpServer server =
        FakeHttpServer.startTls(
            TestCertificate.selfSigned("x", 5, "dns:x"), HttpAnswer.of(200, "x"))) {
      assertThat(
              client.failedGet(Map.of("domain_or_ip", "127.0.0.1", "port", server.port())).code())
          .isEqualTo("TLS");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void ports_that_begin_with_80_are_http() {
    var read =
        new GetTaskReader(ProbeRig.config(), ProbeRig.reader())
            .read(
                new dev.signalbox.contracts.TaskRequest(
                    "http_get", Map.of("domain_or_ip", "::1", "port", 8012)));

    assertThat(read)
        .isInstanceOfSatisfying(
            GetTaskReader.Read.Good.class,
            good -> {
              assertThat(good.task().request().url()).hasToString("http://[0:0:0:0:0:0:0:1]:8012/");
              assertThat(good.inTheClear()).isNull();
            });
  }

  @Test
  void a_failure_has_the_classic_text_and_a_source() {
    TaskError error = client.failedGet(Map.of("domain_or_ip", "no-such-host.invalid", "port", 80));

    assertThat(error.message()).startsWith("HTTP GET request failed: ");
    assertThat(error.code()).isEqualTo("DNS");
    assertThat(error.source()).isEqualTo("resolver");
  }

  @Test
  void parameters_are_checked() {
    assertThat(client.failedGet(Map.of("port", 70_000)).message())
        .contains("domain_or_ip is required", "port must be between 1 and 65535");
    assertThat(client.failedGet(Map.of("domain_or_ip", "http://x/")).message())
        .contains("domain_or_ip must be a host name or IP address");
    assertThat(client.failedGet(Map.of("domain_or_ip", "x/../@y")).code()).isEqualTo("BAD_TASK");
  }
}
