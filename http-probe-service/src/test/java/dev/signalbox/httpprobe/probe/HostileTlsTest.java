package dev.signalbox.httpprobe.probe;

import static dev.signalbox.httpprobe.probe.ProbeRig.trusting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
class HostileTlsTest {

  @Parameter boolean nativeTls;

  private static final TestCertificate VALID =
      TestCertificate.issued("localhost", 30, "dns:localhost", "ip:127.0.0.1");
  private static final TestCertificate ENDED =
      TestCertificate.issued("localhost", -5, "ip:127.0.0.1");

  @Test
  void a_certificate_that_verifies_is_described() {
    try (ProbeRig rig = trusting(VALID.authority(), nativeTls);
        FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result = rig.probe(server.url("/"));

      assertThat(result.get("tls"))
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsEntry("verified", true)
          .containsEntry("error", null);
    }
  }

  @Test
  void a_trusted_certificate_of_another_name_does_not_verify() {
    try (ProbeRig rig = trusting(VALID.authority(), nativeTls);
        FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      TaskError error = rig.failedProbe(server.url("/"), "server_name", "other.example");

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.message()).contains("other.example");
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void a_trusted_certificate_that_has_ended_does_not_verify() {
    try (ProbeRig rig = trusting(ENDED.authority(), nativeTls);
        FakeHttpServer server = FakeHttpServer.startTls(ENDED, HttpAnswer.of(200, "ok"))) {
      TaskError error = rig.failedProbe(server.url("/"));

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.message()).containsIgnoringCase("NotAfter");
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void a_certificate_nobody_vouches_for_does_not_verify() {
    try (ProbeRig rig = trusting(ENDED.authority(), nativeTls);
        FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      assertThat(rig.failedProbe(server.url("/")).code()).isEqualTo("TLS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9\r\n",
        "\u0016\u0003\u0003\u0000\u0004garbage in a record",
        "\u0015\u0003\u0003\u0000\u0002\u0002(",
        "\u0016\u0003\u0003\u007f\u007f",
        "HTTP/1.1 400 Bad Request\r\n\r\n"
      })
  void garbage_instead_of_a_handshake_is_a_tls_error(String garbage) throws IOException {
    try (ProbeRig rig = ProbeRig.withTls(nativeTls);
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, garbage));

      TaskError error =
          rig.failedProbe("https://127.0.0.1:" + server.getLocalPort() + "/", "timeout_ms", 3_000);

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
      assertThat(error.phase()).isEqualTo("tls");
    }
  }

  @Test
  void a_handshake_that_fails_is_told_to_the_task_and_not_to_the_log() {
    Logger log = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try (ProbeRig rig = trusting(ENDED.authority(), nativeTls);
        FakeHttpServer server = FakeHttpServer.startTls(VALID, HttpAnswer.of(200, "ok"))) {
      rig.failedProbe(server.url("/"));
      await().until(() -> server.openConnections() == 0);
      rig.expectIdle();
    } finally {
      log.detachAppender(lines);
    }

    assertThat(List.copyOf(lines.list))
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .filteredOn(line -> line.getLoggerName().contains("Pipeline"))
        .isEmpty();
  }

  @Test
  void a_target_that_is_silent_on_a_greeting_times_out() throws IOException {
    try (ProbeRig rig = ProbeRig.withTls(nativeTls);
        ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      TaskError error =
          rig.failedProbe("https://127.0.0.1:" + silent.getLocalPort() + "/", "timeout_ms", 3_000);

      assertThat(error.code()).isEqualTo("TIMEOUT");
      assertThat(error.phase()).isEqualTo("tls");
    }
  }

  private static void answer(ServerSocket server, String garbage) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[2_000]);
      socket
          .getOutputStream()
          .write(garbage.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (IOException gone) {
      // The test looks at what the probe made of it.
    }
  }
}
