package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsDoorTest {

  @TempDir private static Path files;
  private static TestCertificate certificate;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    certificate =
        TestCertificate.selfSigned(
            "localhost", 10, "dns:localhost", "ip:127.0.0.1", "ip:127.0.0.2");
    write(certificate);
    gateway =
        GatewayFixture.start(
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            files.resolve("cert.pem").toString(),
            "gateway.tls-key",
            files.resolve("key.pem").toString(),
            "gateway.max-body-bytes",
            "2000",
            "gateway.bind",
            "0.0.0.0",
            "gateway.auth",
            "off");
  }

  private static void write(TestCertificate certificate) throws IOException {
    Files.writeString(files.resolve("cert.pem"), certificate.certificatePem());
    Files.writeString(files.resolve("key.pem"), certificate.keyPem());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static HttpClient client(HttpClient.Version version, TestCertificate trusted) {
    return HttpClient.newBuilder().version(version).sslContext(trusted.trustingContext()).build();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port("tls") + path))
        .timeout(Duration.ofSeconds(20));
  }

  private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
      throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void givenAClientOfHttp2_whenItAsks_thenItIsAnsweredInHttp2() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2, certificate)) {
      HttpResponse<String> response = send(client, request("/health/live"));

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.headers().map()).doesNotContainKeys("connection", "keep-alive");
      assertThat(response.headers().firstValue("server")).contains("signalbox");
    }
  }

  @Test
  void givenAClientOfHttp11_whenItAsks_thenItIsAnsweredInHttp11() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_1_1, certificate)) {
      HttpResponse<String> response = send(client, request("/health/live"));

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(response.headers().firstValue("connection")).contains("keep-alive");
    }
  }

  @Test
  void givenHttp2_whenManyRequestsShareAConnection_thenNoneIsCutOff() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2, certificate)) {
      for (int i = 0; i < 250; i++) {
        assertThat(send(client, request("/health/live")).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void givenHttp2_whenABodyIsTooLarge_thenTheConnectionGoesOn() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2, certificate)) {
      HttpRequest.Builder large =
          request("/api/v1/tasks")
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("x".repeat(300_000)));

      assertThat(send(client, large).statusCode()).isEqualTo(413);
      assertThat(send(client, request("/health/live")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void givenHttp2_whenAHostIsNotServed_thenTheRequestIsRefused() throws Exception {
    try (HttpClient client = client(HttpClient.Version.HTTP_2, certificate)) {
      HttpRequest.Builder other =
          HttpRequest.newBuilder(URI.create("https://127.0.0.2:" + gateway.port("tls") + "/"))
              .timeout(Duration.ofSeconds(20));

      assertThat(send(client, other).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void givenAHostWithoutItsPort_whenServedByTls_thenTheRequestPasses() throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            certificate
                .trustingContext()
                .getSocketFactory()
                .createSocket("127.0.0.1", gateway.port("tls"))) {
      socket.setSoTimeout(15_000);
      socket
          .getOutputStream()
          .write(
              "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void givenPlainHttp_whenSentToTheTlsDoor_thenTheConnectionIsClosed() {
    try (RawClient client = new RawClient(gateway.port("tls"))) {
      client.send("GET / HTTP/1.1\r\n$HOST\r\n\r\n");

      assertThat(client.readToEnd()).doesNotContain("HTTP/1.1 200");
    }
  }

  @Test
  void givenARenewedCertificate_whenTheFilesChange_thenItIsTakenIntoUse() throws Exception {
    TestCertificate renewed =
        TestCertificate.selfSigned("localhost", 20, "dns:localhost", "ip:127.0.0.2");
    try {
      write(renewed);
      // Two writes within the clock's grain would look like none.
      FileTime later = FileTime.from(Instant.now().plusSeconds(5));
      Files.setLastModifiedTime(files.resolve("cert.pem"), later);

      await()
          .atMost(40, TimeUnit.SECONDS)
          .ignoreExceptions()
          .until(() -> {
            try (HttpClient client = client(HttpClient.Version.HTTP_2, renewed)) {
              return send(client, request("/health/live")).statusCode() == 200;
            }
          });
    } finally {
      certificate = renewed;
    }
  }

  @Test
  void givenNoCertificate_whenStarted_thenTheStartFailsAndNamesTheSetting() {
    assertThatThrownBy(() -> GatewayFixture.start("gateway.tls-port", "any"))
        .hasMessageContaining("gateway.tls-certificate")
        .hasMessageContaining("gateway.tls-key");
  }

  private static void assertDoorStaysClosed(Path certificate, Path key) {
    try (GatewayFixture other =
        GatewayFixture.start(
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            certificate.toString(),
            "gateway.tls-key",
            key.toString())) {
      assertThat(other.node().node().banner().get("tls"))
          .isEqualTo("closed: its certificate or its key cannot be used");
      assertThat(other.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void givenAFileThatIsNoCertificate_whenStarted_thenTheDoorStaysClosed() throws Exception {
    Path bad = Files.writeString(files.resolve("bad.pem"), "no certificate");

    assertDoorStaysClosed(bad, bad);
  }

  @Test
  void givenTheKeyOfAnotherCertificate_whenStarted_thenTheDoorIsClosedAndTheOthersOpen()
      throws IOException {
    Path key =
        Files.writeString(
            files.resolve("other-key.pem"),
            TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1").keyPem());

    assertDoorStaysClosed(files.resolve("cert.pem"), key);
  }
}
