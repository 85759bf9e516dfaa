package dev.signalbox.httpprobe;

import static dev.signalbox.httpprobe.ProbeClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes that identify themselves to servers that ask for a certificate. */
@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
@LongTest
class ClientCertificateTest {

  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("server.example", 30, "ip:127.0.0.1", "dns:localhost");
  private static final TestCertificate MONITOR = TestCertificate.selfSigned("monitor", 30);
  private static final TestCertificate STRANGER = TestCertificate.selfSigned("stranger", 30);
  private static final TestCertificate RENEWED = TestCertificate.selfSigned("renewed", 30);
  private static final HttpAnswer OK = HttpAnswer.of(200, "ok");

  @TempDir private static Path certificates;

  private static TestNode node;
  private static ProbeClient client;

  @Parameter boolean nativeTls;

  @BeforeParameterizedClassInvocation
  static void start(boolean nativeTls) throws IOException {
    write("monitor", MONITOR);
    write("stranger", STRANGER);
    write("renewed", STRANGER);
    node =
        TestNode.start(
            HttpProbeMain.SERVICE,
            Map.of(
                "guard.allow-private",
                "true",
                "http-probe.client-certificates",
                certificates.toString(),
                "http-probe.native-tls",
                Boolean.toString(nativeTls)));
    client = new ProbeClient(node);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    node.close();
  }

  private static void write(String name, TestCertificate certificate) throws IOException {
    Files.writeString(
        certificates.resolve(name + ".pem"), certificate.keyPem() + certificate.certificatePem());
  }

  private static FakeHttpServer asking(TestCertificate trusted, String protocol) {
    return FakeHttpServer.startMutualTls(SERVER, trusted, protocol, OK);
  }

  private static Map<String, Object> probe(FakeHttpServer server, Object... more) {
    Object[] all = Stream.concat(Stream.of(more), Stream.of("verify_tls", false)).toArray();
    return client.probe(server.url("/"), all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void the_named_certificate_is_shown_to_a_server_that_asks(String protocol) {
    try (FakeHttpServer server = asking(MONITOR, protocol)) {
      Map<String, Object> result = probe(server, "client_certificate", "monitor");

      assertThat(result).containsEntry("data", "ok");
      assertThat(object(result, "tls"))
          .containsEntry("protocol", protocol)
          .containsEntry("client_certificate", "monitor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void without_one_the_server_refuses_and_the_error_is_of_tls(String protocol) {
    try (FakeHttpServer server = asking(MONITOR, protocol)) {
      TaskError error = client.failedProbe(server.url("/"), "verify_tls", false);

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void one_that_the_server_does_not_trust_is_an_error_of_tls(String protocol) {
    try (FakeHttpServer server = asking(MONITOR, protocol)) {
      TaskError error =
          client.failedProbe(
              server.url("/"), "verify_tls", false, "client_certificate", "stranger");

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
    }
  }

  @Test
  void a_server_that_asks_for_none_gets_none() {
    try (FakeHttpServer server = FakeHttpServer.startTls(SERVER, OK)) {
      Map<String, Object> result = probe(server, "client_certificate", "monitor");

      assertThat(object(result, "tls")).containsEntry("client_certificate", null);
    }
  }

  @Test
  void another_origin_to_which_the_url_redirects_gets_none() {
    try (FakeHttpServer other = asking(MONITOR, "TLSv1.3");
        FakeHttpServer server =
            FakeHttpServer.startTls(SERVER, HttpAnswer.redirect(302, other.url("/")))) {
      TaskError error =
          client.failedProbe(server.url("/"), "verify_tls", false, "client_certificate", "monitor");

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void a_connection_made_with_one_is_not_reused_without() {
    try (FakeHttpServer server = asking(MONITOR, "TLSv1.3")) {
      probe(server, "client_certificate", "monitor", "reuse_connection", true);

      assertThat(
              client
                  .failedProbe(server.url("/"), "verify_tls", false, "reuse_connection", true)
                  .code())
          .isEqualTo("TLS");
    }
  }

  @Test
  void a_renewed_certificate_is_used_without_a_restart() throws Exception {
    try (FakeHttpServer server = asking(RENEWED, "TLSv1.3")) {
      assertThat(
              client
                  .failedProbe(
                      server.url("/"), "verify_tls", false, "client_certificate", "renewed")
                  .code())
          .isEqualTo("TLS");

      write("renewed", RENEWED);

      Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(probe(server, "client_certificate", "renewed"))
                  .containsEntry("data", "ok"));
    }
    write("renewed", STRANGER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "../monitor", "monitor.pem", "MONITOR", ""})
  void a_name_that_is_not_configured_is_refused(String name) {
    TaskError error = client.failedProbe("https://127.0.0.1/", "client_certificate", name);

    assertThat(error.code()).isEqualTo("BAD_TASK");
    assertThat(error.message()).startsWith("client_certificate must ");
  }

  @Test
  void it_must_go_with_https() {
    TaskError error = client.failedProbe("http://127.0.0.1/", "client_certificate", "monitor");

    assertThat(error.message()).isEqualTo("client_certificate must go with an https url");
  }

  static Stream<String> unusable() {
    return Stream.of(
        "",
        "nothing",
        MONITOR.keyPem(),
        MONITOR.certificatePem(),
        MONITOR.keyPem() + STRANGER.certificatePem(),
        MONITOR.keyPem().substring(0, 90) + MONITOR.certificatePem(),
        MONITOR.keyPem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") + MONITOR.certificatePem(),
        MONITOR.keyPem() + MONITOR.certificatePem().repeat(200));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void a_file_that_is_no_key_with_its_certificate_keeps_the_service_from_starting(
      String content, @TempDir Path other) throws Exception {
    Files.writeString(other.resolve("bad.pem"), content);

    assertThat(ClientCertificates.problem(other.toString()))
        .hasValueSatisfying(
            problem -> assertThat(problem).startsWith("bad.pem must have").hasSizeLessThan(150));
  }

  @Test
  void a_directory_that_is_not_there_keeps_the_service_from_starting() {
    assertThatThrownBy(() ->
            TestNode.start(
                HttpProbeMain.SERVICE,
                Map.of("http-probe.client-certificates", certificates.resolve("no").toString())))
        .hasStackTraceContaining("client-certificates");
  }
}
