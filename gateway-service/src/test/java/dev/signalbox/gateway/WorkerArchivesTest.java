package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.census.WorkerRoutes;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that volunteers download. */
class WorkerArchivesTest {

  private static final String ZIP = "/api/v1/census/worker.zip";

  @TempDir static Path archives;
  private static GatewayFixture gateway;

  private static final int LARGE = 64 << 20;

  private static HttpClient tls;

  @BeforeAll
  static void start(@TempDir Path keys, @TempDir Path outside) throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    tls = HttpClient.newBuilder().sslContext(certificate.trustingContext()).build();
    Path secret = Files.writeString(outside.resolve("other.tar.gz"), "secret");
    Files.createSymbolicLink(archives.resolve("worker-link-out.tar.gz"), secret);
    Files.createSymbolicLink(
        archives.resolve("worker-link-in.tar.gz"), Path.of("worker-linux-x64.tar.gz"));
    Files.createDirectory(archives.resolve("worker-a-directory.tar.gz"));
    Files.writeString(archives.resolve("worker.zip"), "0123456789");
    Files.writeString(archives.resolve("worker-linux-x64.tar.gz"), "a runtime");
    Files.writeString(archives.resolve("secret.txt"), "secret");
    gateway =
        GatewayFixture.start(
            "gateway.worker-archives",
            archives.toString(),
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            Files.writeString(keys.resolve("cert.pem"), certificate.certificatePem()).toString(),
            "gateway.tls-key",
            Files.writeString(keys.resolve("key.pem"), certificate.keyPem()).toString());
  }

  @AfterAll
  static void stop() {
    tls.shutdownNow();
    gateway.close();
  }

  @Test
  void givenAnArchive_whenDownloaded_thenItComesWholeAsAnAttachment() {
    Reply reply = gateway.get(ZIP);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("0123456789");
    assertThat(reply.header("content-disposition")).contains("attachment", "worker.zip");
    assertThat(reply.header("accept-ranges")).isEqualTo("bytes");
  }

  @Test
  void givenAPlatform_whenDownloaded_thenItsArchiveComes() {
    assertThat(gateway.get("/api/v1/census/worker-linux-x64.tar.gz").body()).isEqualTo("a runtime");
  }

  @Test
  void givenTheArchivesThatThereAre_whenOneIsOffered_thenItIsOneOfThem(@TempDir Path other)
      throws IOException {
    assertThat(WorkerRoutes.offered(archives)).isEqualTo("worker-linux-x64.tar.gz");
    Files.writeString(other.resolve("worker-Other<b>-x64.tar.gz"), "");
    assertThat(WorkerRoutes.offered(other)).isEqualTo("worker-linux-x64.tar.gz");
    Files.writeString(other.resolve("worker-linux-arm64.tar.gz"), "");
    assertThat(WorkerRoutes.offered(other)).isEqualTo("worker-linux-arm64.tar.gz");
    assertThat(WorkerRoutes.offered(other.resolve("none"))).isEqualTo("worker-linux-x64.tar.gz");
  }

  @Test
  void givenARange_whenDownloaded_thenItsBytesCome() {
    Reply reply = gateway.send("main", "GET", ZIP, null, "Range", "bytes=2-4");

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.body()).isEqualTo("234");
    assertThat(reply.header("content-range")).isEqualTo("bytes 2-4/10");
  }

  @Test
  void givenSeveralRanges_whenDownloaded_thenEachComesAsAPart() {
    Reply reply = gateway.send("main", "GET", ZIP, null, "Range", "bytes=0-1,4-5");

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.header("content-type")).startsWith("multipart/byteranges; boundary=");
    assertThat(reply.body())
        .contains("bytes 0-1/10\r\n\r\n01\r\n")
        .contains("bytes 4-5/10\r\n\r\n45\r\n");
  }

  @Test
  void givenARangeBeyondTheEnd_whenDownloaded_thenItIs416() {
    Reply reply = gateway.send("main", "GET", ZIP, null, "Range", "bytes=20-30");

    assertThat(reply.status()).isEqualTo(416);
    assertThat(reply.header("content-range")).isEqualTo("bytes */10");
  }

  @Test
  void givenTheVersionThatTheClientHas_whenDownloaded_thenItIs304() {
    String etag = gateway.get(ZIP).header("etag");

    assertThat(etag).startsWith("\"");
    assertThat(gateway.send("main", "GET", ZIP, null, "If-None-Match", etag).status())
        .isEqualTo(304);
  }

  @Test
  void givenHead_whenAsked_thenTheLengthComesWithoutContent() {
    Reply reply = gateway.send("main", "HEAD", ZIP, null);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-length")).isEqualTo("10");
    assertThat(reply.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "worker-plan9-vax.tar.gz",
        "worker-.tar.gz",
        "worker-..%2fsecret.tar.gz",
        "worker-%00-x.tar.gz",
        "worker-linux-x64.tar.gz.tar.gz"
      })
  void givenAPlatformWithoutArchive_whenDownloaded_thenItIs404AndSaysWhatThereIs(String name) {
    Reply reply = gateway.get("/api/v1/census/" + name);

    assertThat(reply.status()).isIn(400, 404);
    assertThat(reply.body()).doesNotContain("secret");
  }

  private static HttpRequest overTls(String path) {
    return HttpRequest.newBuilder(
            URI.create("https://localhost:" + gateway.port("tls") + "/api/v1/census/" + path))
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  private static Path large(String name) throws IOException {
    Path file = archives.resolve(name);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {7}), LARGE - 1L);
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"worker-link-out.tar.gz", "worker-link-in.tar.gz", "worker-a-directory.tar.gz"})
  void givenWhatIsNoRegularFile_whenDownloaded_thenItIs404(String name) throws Exception {
    assertThat(gateway.get("/api/v1/census/" + name).status()).isEqualTo(404);
    assertThat(tls.send(overTls(name), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void givenTls_whenDownloaded_thenTheArchiveAndItsRangesCome() throws Exception {
    assertThat(tls.send(overTls("worker.zip"), HttpResponse.BodyHandlers.ofString()).body())
        .isEqualTo("0123456789");
    HttpRequest range =
        HttpRequest.newBuilder(overTls("worker.zip"), (name, value) -> true)
            .header("Range", "bytes=2-4")
            .build();
    assertThat(tls.send(range, HttpResponse.BodyHandlers.ofString()).body()).isEqualTo("234");
  }

  @Test
  void givenAnArchiveThatVanishes_whenItIsBeingSent_thenItComesWhole() throws IOException {
    Path file = large("worker-vanishing-x64.tar.gz");
    try (RawClient client = gateway.raw()) {
      client.send("GET /api/v1/census/worker-vanishing-x64.tar.gz HTTP/1.1\r\n$HOST\r\n\r\n");
      client.readSome(100_000);

      Files.delete(file);

      client.readSome(LARGE - 100_000);
    }
    assertThat(gateway.get("/api/v1/census/worker-vanishing-x64.tar.gz").status()).isEqualTo(404);
  }

  @Test
  void givenAnArchiveThatShrinks_whenItIsBeingSent_thenTheConnectionEndsEarly() throws IOException {
    Path file = large("worker-shrinking-x64.tar.gz");
    try (RawClient client = gateway.raw()) {
      client.send("GET /api/v1/census/worker-shrinking-x64.tar.gz HTTP/1.1\r\n$HOST\r\n\r\n");
      client.readSome(100_000);

      shrink(file);

      assertThat(client.readToEnd().length()).isLessThan(LARGE - 100_000);
    }
  }

  @Test
  void givenAnArchiveThatShrinks_whenItIsBeingSentOverTls_thenTheResponseEndsEarly()
      throws Exception {
    Path file = large("worker-shrinking-tls.tar.gz");
    try (InputStream body =
        tls.send(overTls("worker-shrinking-tls.tar.gz"), HttpResponse.BodyHandlers.ofInputStream())
            .body()) {
      body.skipNBytes(100_000);

      shrink(file);

      assertThatIOException().isThrownBy(() -> body.skipNBytes(LARGE - 100_000));
    }
  }

  private static void shrink(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(200_000);
    }
  }

  @Test
  void givenASiteWithoutArchives_whenDownloaded_thenTheDetailSaysSo() {
    try (GatewayFixture bare =
        GatewayFixture.start("gateway.worker-archives", archives.resolve("none").toString())) {
      Reply reply = bare.get(ZIP);

      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.json().get("detail").asText()).contains("no worker");
    }
  }
}
