package dev.signalbox.httpprobe.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A probe that fails says what it knew by then. */
class FailureDetailsTest {

  private static ProbeRig client;

  @BeforeAll
  static void start() {
    NativeCodings.load();
    client = new ProbeRig();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  static Stream<Arguments> brokenBodies() {
    byte[] half = Arrays.copyOf(HttpAnswer.gzip("hello world".getBytes(UTF_8)), 20);
    return Stream.of(
        Arguments.of("TIMEOUT", HttpAnswer.slow(20)),
        Arguments.of("PROTOCOL", HttpAnswer.truncated(100, "abc")),
        Arguments.of("PROTOCOL", HttpAnswer.truncatedChunks("abc")),
        Arguments.of("PROTOCOL", HttpAnswer.resetMidBody("abc")),
        Arguments.of("PROTOCOL", HttpAnswer.of(200, half, "Content-Encoding: gzip")),
        Arguments.of("BODY_TOO_LARGE", HttpAnswer.gzipBomb(1L << 24)));
  }

  @ParameterizedTest
  @MethodSource("brokenBodies")
  void of_a_body_that_breaks_the_head_is_known(String code, HttpAnswer answer) {
    try (FakeHttpServer server = FakeHttpServer.start(answer)) {
      TaskError error =
          client.failedProbe(
              server.url("/a"), "timeout_ms", code.equals("TIMEOUT") ? 2_000 : 20_000);

      assertThat(error.code()).isEqualTo(code);
      assertThat(error.details())
          .containsEntry("url", server.url("/a"))
          .containsEntry("final_url", server.url("/a"))
          .containsEntry("status_code", 200)
          .containsEntry("http_version", "HTTP/1.1")
          .containsEntry("remote_ip", "127.0.0.1")
          .containsEntry("ip_family", "ipv4")
          .containsEntry("tls", null);
      assertThat(map(error.details(), "headers")).isNotEmpty();
      assertThat(map(error.details(), "timings_ms").get("connect")).isNotNull();
      assertThat(map(error.details(), "timings_ms").get("first_byte")).isNotNull();
      assertThat(map(error.details(), "timings_ms").get("download")).isNotNull();
      assertThat(statuses(error)).containsExactly(200);
    }
  }

  @Test
  void the_certificate_is_known_when_the_body_breaks() {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");
    try (FakeHttpServer server =
        FakeHttpServer.startTls(certificate, HttpAnswer.truncated(100, "abc"))) {
      TaskError error = client.failedProbeWithKept(server.url("/"), "verify_tls", false);

      assertThat(error.code()).isEqualTo("PROTOCOL");
      assertThat(map(error.details(), "tls")).containsEntry("subject", "CN=localhost");
    }
  }

  @Test
  void a_target_that_says_nothing_was_connected_to() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      TaskError error = client.failedProbe(server.url("/"), "timeout_ms", 500);

      assertThat(error.code()).isEqualTo("TIMEOUT");
      assertThat(error.details())
          .containsEntry("remote_ip", "127.0.0.1")
          .containsEntry("status_code", null)
          .containsEntry("headers", null);
      assertThat(map(error.details(), "timings_ms").get("first_byte")).isNotNull();
      assertThat(map(error.details(), "timings_ms").get("download")).isNull();
      assertThat(statuses(error)).containsExactly((Object) null);
    }
  }

  @Test
  void hops_before_the_one_that_breaks_are_known() {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) ->
            (request.target().equals("/")
                    ? HttpAnswer.redirect(302, "/b")
                    : HttpAnswer.truncated(100, "abc"))
                .answer(request, out))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.details()).containsEntry("final_url", server.url("/b"));
      assertThat(statuses(error)).containsExactly(302, 200);
    }
  }

  @Test
  void hops_before_a_connection_that_is_refused_are_known() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.redirect(302, "http://127.0.0.1:" + closed + "/"))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).isEqualTo("CONNECT");
      assertThat(error.details())
          .containsEntry("final_url", server.url("/"))
          .containsEntry("status_code", 302);
      assertThat(statuses(error)).containsExactly(302);
    }
  }

  @Test
  void the_address_is_known_when_it_refuses() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }

    TaskError error = client.failedProbe("http://127.0.0.1:" + closed + "/");

    assertThat(error.code()).isEqualTo("CONNECT");
    assertThat(error.details())
        .containsEntry("remote_ip", "127.0.0.1")
        .containsEntry("status_code", null)
        .containsEntry("tls", null);
    assertThat(map(error.details(), "timings_ms").get("connect")).isNotNull();
    assertThat(map(error.details(), "timings_ms").get("tls")).isNull();
  }

  @Test
  void the_address_is_known_when_its_certificate_does_not_verify() {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");
    try (FakeHttpServer server = FakeHttpServer.startTls(certificate, HttpAnswer.of(200, "x"))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.details()).containsEntry("remote_ip", "127.0.0.1");
      assertThat(map(error.details(), "timings_ms").get("tls")).isNotNull();
    }
  }

  @Test
  void a_redirect_nowhere_is_shown() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirect(302, "ftp://x/"))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).isEqualTo("PROTOCOL");
      assertThat(map(error.details(), "headers")).containsEntry("location", "ftp://x/");
      assertThat(statuses(error)).containsExactly(302);
    }
  }

  @Test
  void a_loop_is_shown() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirectLoop())) {
      TaskError error = client.failedProbe(server.url("/"), "max_redirects", 2);

      assertThat(error.code()).isEqualTo("TOO_MANY_REDIRECTS");
      assertThat(statuses(error)).containsExactly(302, 302, 302);
    }
  }

  @Test
  void nothing_is_known_without_a_connection() {
    assertThat(client.failedProbe("http://198.51.100.1/").details()).isNull();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> details, String key) {
    return (Map<String, Object>) details.get(key);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> statuses(TaskError error) {
    return ((List<Map<String, Object>>) error.details().get("hops"))
        .stream().map(hop -> hop.get("status_code")).toList();
  }
}
