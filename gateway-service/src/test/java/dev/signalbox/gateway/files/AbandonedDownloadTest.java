package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave in the middle of a file give back the place they held. */
class AbandonedDownloadTest {

  private static final long SIZE = 1L << 30;

  @TempDir private Path directory;
  private TestCertificate certificate;
  private GatewayFixture gateway;

  @BeforeEach
  void files() throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    try (var large = new RandomAccessFile(root.resolve("large.bin").toFile(), "rw")) {
      large.setLength(SIZE);
    }
    certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Files.writeString(directory.resolve("cert.pem"), certificate.certificatePem());
    Files.writeString(directory.resolve("key.pem"), certificate.keyPem());
  }

  private void start(ServiceDefinition<?> service, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "gateway.max-in-flight",
                "1",
                "gateway.max-waiting",
                "0",
                "gateway.stall-timeout",
                "1s",
                "files.cache-bytes",
                "0",
                "gateway.tls-port",
                "any",
                "gateway.tls-certificate",
                directory.resolve("cert.pem").toString(),
                "gateway.tls-key",
                directory.resolve("key.pem").toString()));
    settings.addAll(List.of(more));
    gateway = GatewayFixture.start(List.of(service), settings.toArray(String[]::new));
  }

  private void startLocal() {
    start(FileMain.SERVICE, "file.root", directory.resolve("root").toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void assertPlaceGivenBack() {
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0"));
    assertThat(gateway.send("main", "HEAD", "/large.bin", null).status()).isEqualTo(200);
  }

  @Test
  void givenALocalFile_whenItsClientLeaves_thenItsPlaceIsFree() {
    startLocal();
    try (RawClient client = gateway.raw()) {
      client.send("GET /large.bin HTTP/1.1\r\n$HOST\r\n\r\n").readSome(100_000);
    }

    assertPlaceGivenBack();
  }

  @Test
  void givenSeveralRangesOfALocalFile_whenTheirClientLeaves_thenItsPlaceIsFree() {
    startLocal();
    try (RawClient client = gateway.raw()) {
      client
          .send("GET /large.bin HTTP/1.1\r\n$HOST\r\nRange: bytes=0-99999999,200000000-\r\n\r\n")
          .readSome(100_000);
    }

    assertPlaceGivenBack();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void givenALocalFileOverTls_whenItsClientLeaves_thenItsPlaceIsFree(HttpClient.Version version)
      throws Exception {
    startLocal();

    leaveOverTls(version, "/large.bin");

    assertPlaceGivenBack();
  }

  @Test
  void givenAFileOfAnotherProcess_whenItsClientLeaves_thenItsPlaceIsFree() {
    DistantFiles distant = new DistantFiles();
    distant.endless();
    start(distant.service());
    try (RawClient client = gateway.raw()) {
      client.send("GET /large.bin HTTP/1.1\r\n$HOST\r\n\r\n").readSome(100_000);
    }

    assertPlaceGivenBack();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void givenAFileOfAnotherProcessOverTls_whenItsClientLeaves_thenItsPlaceIsFree(
      HttpClient.Version version) throws Exception {
    DistantFiles distant = new DistantFiles();
    distant.endless();
    start(distant.service());

    leaveOverTls(version, "/large.bin");

    assertPlaceGivenBack();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void givenALocalFileOverTls_whenItsClientTakesNothing_thenItIsCutOff(HttpClient.Version version)
      throws Exception {
    startLocal();
    try (HttpClient client = client(version);
        InputStream body = readSome(client, "/large.bin")) {
      assertPlaceGivenBack();

      assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void givenALocalFileOverTls_whenGotWhole_thenEveryByteIsThere(HttpClient.Version version)
      throws Exception {
    byte[] content = new byte[5_000_000];
    new Random(7).nextBytes(content);
    Files.write(directory.resolve("root/whole.bin"), content);
    startLocal();
    try (HttpClient client = client(version);
        InputStream body = get(client, "/whole.bin")) {
      assertThat(body.readAllBytes()).isEqualTo(content);
    }
  }

  private void leaveOverTls(HttpClient.Version version, String path) throws Exception {
    try (HttpClient client = client(version);
        InputStream body = readSome(client, path)) {
      assertThat(body).isNotNull();
      client.shutdownNow();
    }
  }

  private HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(certificate.trustingContext())
        .build();
  }

  private InputStream readSome(HttpClient client, String path) throws Exception {
    InputStream body = get(client, path);
    assertThat(body.readNBytes(100_000)).hasSize(100_000);
    return body;
  }

  private InputStream get(HttpClient client, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port("tls") + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.send(request, BodyHandlers.ofInputStream()).body();
  }
}
