package dev.signalbox.httpprobe;

import static dev.signalbox.httpprobe.ProbeClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of authorities that only the task knows. */
@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
class PrivateAuthoritiesTest {

  private static final TestCertificate ISSUED =
      TestCertificate.issued("a.example", 30, "ip:127.0.0.1", "dns:localhost");
  private static final TestCertificate SELF =
      TestCertificate.selfSigned("b.example", 30, "ip:127.0.0.1");
  private static final TestCertificate ELSEWHERE =
      TestCertificate.selfSigned("c.example", 30, "dns:c.example");

  private static TestNode node;
  private static ProbeClient client;

  @Parameter boolean nativeTls;

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
  void a_certificate_verifies_by_the_authority_of_the_task() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.startTls(ISSUED, HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result = client.probe(server.url("/"), "ca_pem", authority());

      assertThat(result).containsEntry("data", "ok");
      assertThat(object(result, "tls"))
          .containsEntry("verified", true)
          .containsEntry("error", null)
          .containsEntry("verified_not_after", object(result, "tls").get("not_after"));
    }
  }

  @Test
  void a_certificate_signed_by_itself_verifies_by_itself() {
    try (FakeHttpServer server = FakeHttpServer.startTls(SELF, HttpAnswer.of(200, "ok"))) {
      String pem = ELSEWHERE.certificatePem() + SELF.certificatePem();

      assertThat(client.probe(server.url("/"), "ca_pem", pem)).containsEntry("data", "ok");
    }
  }

  @Test
  void another_authority_does_not_do() {
    try (FakeHttpServer server = FakeHttpServer.startTls(ISSUED, HttpAnswer.of(200, "ok"))) {
      String pem = SELF.certificatePem();

      assertThat(client.failedProbe(server.url("/"), "ca_pem", pem).code()).isEqualTo("TLS");
      assertThat(object(client.probe(server.url("/"), "ca_pem", pem, "verify_tls", false), "tls"))
          .containsEntry("verified", false);
    }
  }

  @Test
  void the_name_must_be_right_all_the_same() {
    try (FakeHttpServer server = FakeHttpServer.startTls(ELSEWHERE, HttpAnswer.of(200, "ok"))) {
      String pem = ELSEWHERE.certificatePem();

      assertThat(client.failedProbe(server.url("/"), "ca_pem", pem).code()).isEqualTo("TLS");
      assertThat(client.probe(server.url("/"), "ca_pem", pem, "server_name", "c.example"))
          .containsEntry("data", "ok");
    }
  }

  @Test
  void authorities_of_one_task_do_not_reach_the_next() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.startTls(ISSUED, HttpAnswer.of(200, "ok"))) {
      client.probe(server.url("/"), "ca_pem", authority(), "reuse_connection", true);

      assertThat(client.failedProbe(server.url("/"), "reuse_connection", true).code())
          .isEqualTo("TLS");
    }
  }

  @Test
  void authorities_hold_for_the_host_of_the_task_also_after_a_redirect_to_tls() throws Exception {
    try (FakeHttpServer secured = FakeHttpServer.startTls(ISSUED, HttpAnswer.of(200, "ok"));
        FakeHttpServer clear = FakeHttpServer.start(HttpAnswer.redirect(301, secured.url("/")))) {
      assertThat(client.probe(clear.url("/"), "ca_pem", authority())).containsEntry("data", "ok");
    }
  }

  @Test
  void authorities_hold_for_no_other_host() throws Exception {
    try (FakeHttpServer secured = FakeHttpServer.startTls(ISSUED, HttpAnswer.of(200, "ok"));
        FakeHttpServer clear =
            FakeHttpServer.start(
                HttpAnswer.redirect(301, "https://localhost:" + secured.port() + "/"))) {
      assertThat(client.failedProbe(clear.url("/"), "ca_pem", authority()).code()).isEqualTo("TLS");
    }
  }

  static Stream<String> wrongPem() {
    return Stream.of(
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n",
        SELF.keyPem(),
        SELF.certificatePem() + SELF.keyPem(),
        SELF.certificatePem().repeat(17),
        "x".repeat(65_537));
  }

  @ParameterizedTest
  @MethodSource("wrongPem")
  void what_is_no_certificate_is_refused_and_not_repeated(String pem) {
    TaskError error = client.failedProbe("https://127.0.0.1/", "ca_pem", pem);

    assertThat(error.code()).isEqualTo("BAD_TASK");
    assertThat(error.message()).startsWith("ca_pem must ").hasSizeLessThan(100);
  }

  private static String authority() throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(ISSUED.authority().getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}
