package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.census.WorkerRoutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(archives.resolve("worker.zip"), "0123456789");
    Files.writeString(archives.resolve("worker-linux-x64.tar.gz"), "a runtime");
    Files.writeString(archives.resolve("secret.txt"), "secret");
    gateway = GatewayFixture.start("gateway.worker-archives", archives.toString());
  }

  @AfterAll
  static void stop() {
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
  void givenSeveralRanges_whenDownloaded_thenTheWholeComes() {
    Reply reply = gateway.send("main", "GET", ZIP, null, "Range", "bytes=0-1,4-5");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("0123456789");
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
