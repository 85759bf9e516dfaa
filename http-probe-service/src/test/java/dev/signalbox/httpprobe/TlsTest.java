package dev.signalbox.httpprobe;

import static dev.signalbox.httpprobe.ProbeClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
class TlsTest {

  @Parameter boolean nativeTls;

  private static final TestCertificate VALID =
      TestCertificate.selfSigned(
          "localhost", 30, "dns:localhost", "ip:127.0.0.1", "ip:2001:db8::1");
  private static final TestCertificate ENDED =
      TestCertificate.selfSigned("old.example", -5, "dns:old.example");

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
  void a_certificate_that_does_not_verify_ends_the_probe_and_is_described() {
    try (FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "secret"))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.phase()).isEqualTo("tls");
      assertThat(error.message()).contains("does not verify for 127.0.0.1", "CN=localhost");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void a_certificate_that_does_not_verify_is_shown_when_asked() {
    try (FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result = client.probe(server.url("/"), "verify_tls", false);

      assertThat(result).containsEntry("data", "ok").containsEntry("http_version", "HTTP/1.1");
      assertThat(object(result, "tls"))
          .containsEntry("verified", false)
          .containsEntry("protocol", "TLSv1.3")
          .containsEntry("subject", "CN=localhost")
          .containsEntry("issuer", "CN=localhost")
          .containsEntry("san", List.of("localhost", "127.0.0.1", "2001:db8::1"))
          .containsEntry("chain_not_after", object(result, "tls").get("not_after"))
          .containsEntry("verified_not_after", null);
      assertThat((Long) object(result, "tls").get("days_left")).isBetween(28L, 30L);
      assertThat((String) object(result, "tls").get("fingerprint_sha256")).matches("[0-9a-f]{64}");
      assertThat((String) object(result, "tls").get("error")).isNotBlank();
      assertThat(object(result, "timings_ms").get("tls")).isNotNull();
    }
  }

  @Test
  void every_hop_shows_its_own_certificate() {
    try (FakeHttpServer last = FakeHttpServer.start(HttpAnswer.of(200, "there"));
        FakeHttpServer middle =
            FakeHttpServer.startTls(ENDED, HttpAnswer.redirect(302, last.url("/")));
        FakeHttpServer first =
            FakeHttpServer.startTls(VALID, HttpAnswer.redirect(302, middle.url("/")))) {
      Map<String, Object> result = client.probe(first.url("/"), "verify_tls", false);

      var hops = ProbeClient.objects(result, "hops");
      assertThat(object(hops.get(0), "tls")).containsEntry("subject", "CN=localhost");
      assertThat(object(hops.get(1), "tls")).containsEntry("subject", "CN=old.example");
      assertThat(hops.get(2)).containsEntry("tls", null);
      assertThat(result).containsEntry("tls", null);
    }
  }

  @Test
  void a_certificate_that_has_ended_is_shown_too() {
    try (FakeHttpServer server = FakeHttpServer.startTls(ENDED, HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result =
          client.probe(
              server.url("/"),
              "verify_tls",
              false,
              "assertions",
              List.of(Map.of("source", "tls_expiry", "comparison", "greater_than", "target", 7)));

      assertThat((Long) object(result, "tls").get("days_left")).isNegative();
      assertThat(result).containsEntry("success", false);
    }
  }

  @Test
  void tls_settings_of_one_task_do_not_reach_the_next() {
    try (FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      client.probe(server.url("/"), "verify_tls", false);
      assertThat(client.failedProbe(server.url("/")).code()).isEqualTo("TLS");
      assertThat(object(client.probe(server.url("/"), "verify_tls", false), "tls").get("subject"))
          .isEqualTo("CN=localhost");
    }
  }

  @Test
  void a_target_that_hangs_up_on_tls_is_a_tls_error() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> hangUp(plain));

      TaskError error = client.failedProbe("https://127.0.0.1:" + plain.getLocalPort() + "/");

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.phase()).isEqualTo("tls");
    }
  }

  private static void hangUp(ServerSocket server) {
    try (Socket socket = server.accept()) {
      // Reading something first makes the end a farewell instead of a reset.
      socket.getInputStream().read();
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @Test
  void http_2_is_spoken_where_offered() {
    HttpServer server = vertxServer(true);
    try {
      String url = "https://127.0.0.1:" + server.actualPort() + "/x?y";
      Map<String, Object> result =
          client.probe(url, "verify_tls", false, "method", "POST", "body", "hello");

      assertThat(result)
          .containsEntry("http_version", "HTTP/2")
          .containsEntry("data", "HTTP_2 POST /x?y hello");
      assertThat(object(result, "headers")).containsKey("x-test").doesNotContainKey(":status");
      assertThat(client.probe(url, "verify_tls", false, "http_version", "1.1"))
          .containsEntry("http_version", "HTTP/1.1");
    } finally {
      TestNode.await(server.close());
    }
  }

  @Test
  void http_2_is_spoken_in_the_clear_with_prior_knowledge() {
    HttpServer server = vertxServer(false);
    try {
      assertThat(client.probe("http://127.0.0.1:" + server.actualPort() + "/", "http_version", "2"))
          .containsEntry("http_version", "HTTP/2")
          .containsEntry("data", "HTTP_2 GET / ");
    } finally {
      TestNode.await(server.close());
    }
  }

  @Test
  void a_large_http_2_body_flows() {
    HttpServer server =
        TestNode.await(
            node.vertx()
                .createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[900_000])))
                .listen(0, "127.0.0.1"));
    try {
      assertThat(
              client.probe(
                  "http://127.0.0.1:" + server.actualPort() + "/",
                  "http_version",
                  "2",
                  "include_body",
                  false))
          .containsEntry("body_bytes", 900_000L);
    } finally {
      TestNode.await(server.close());
    }
  }

  @Test
  void http_2_that_is_not_offered_is_a_protocol_error() {
    try (FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      assertThat(
              client.failedProbe(server.url("/"), "verify_tls", false, "http_version", "2").code())
          .isIn("PROTOCOL", "TLS");
    }
    try (FakeHttpServer plain = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      assertThat(client.failedProbe(plain.url("/"), "http_version", "2").code())
          .isEqualTo("PROTOCOL");
    }
  }

  private static HttpServer vertxServer(boolean tls) {
    HttpServerOptions options = new HttpServerOptions();
    if (tls) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
          .setKeyCertOptions(
              new PfxOptions()
                  .setValue(Buffer.buffer(VALID.store()))
                  .setPassword(TestCertificate.PASSWORD));
    }
    return TestNode.await(
        node.vertx()
            .createHttpServer(options)
            .requestHandler(request ->
                request
                    .body()
                    .onSuccess(body ->
                        request
                            .response()
                            .putHeader("x-test", "1")
                            .end(
                                request.version()
                                    + " "
                                    + request.method()
                                    + " "
                                    + request.uri()
                                    + " "
                                    + body)))
            .listen(0, "127.0.0.1"));
  }
}
