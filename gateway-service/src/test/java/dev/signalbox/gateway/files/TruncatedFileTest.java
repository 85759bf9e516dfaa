package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files of this process that become shorter or longer in place, in every way they are sent: a
 * client gets as many bytes as were announced, or the end of the response before.
 */
@LongTest
class TruncatedFileTest {

  /** More than the sockets of both sides hold, so that a client that waits stops the sending. */
  private static final int SIZE = 48_000_000;

  private static final int SHORT = 70_000;
  private static final int READ_BEFORE = 1_000_000;

  @TempDir static Path directory;
  private static final byte[] CONTENT = new byte[SIZE];
  private static TestCertificate certificate;
  private static Path file;
  private static GatewayFixture gateway;

  /** How a file is sent. */
  enum Way {
    SENDFILE(null, null, SIZE),
    SENDFILE_RANGE(null, "bytes=1000-", SIZE - 1_000),
    PIECES_OF_RANGES(null, "bytes=0-23999999,24000001-", SIZE - 1),
    TLS(HttpClient.Version.HTTP_1_1, null, SIZE),
    TLS_RANGE(HttpClient.Version.HTTP_1_1, "bytes=1000-", SIZE - 1_000),
    HTTP_2(HttpClient.Version.HTTP_2, null, SIZE),
    HTTP_2_RANGES(HttpClient.Version.HTTP_2, "bytes=0-23999999,24000001-", SIZE - 1);

    private final HttpClient.@Nullable Version tls;
    private final @Nullable String range;
    private final int atLeast;

    Way(HttpClient.@Nullable Version tls, @Nullable String range, int atLeast) {
      this.tls = tls;
      this.range = range;
      this.atLeast = atLeast;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    new Random(11).nextBytes(CONTENT);
    for (int i = 0; i < SIZE; i++) {
      CONTENT[i] = (byte) ('a' + (CONTENT[i] & 15)); // text, as the raw client reads it
    }
    file = Files.createDirectory(directory.resolve("root")).resolve("large.bin");
    certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            file.getParent().toString(),
            // Only a look at the file itself tells that it changed.
            "file.cache-valid",
            "1h",
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            Files.writeString(directory.resolve("cert.pem"), certificate.certificatePem())
                .toString(),
            "gateway.tls-key",
            Files.writeString(directory.resolve("key.pem"), certificate.keyPem()).toString());
  }

  /**
   * Idle files stay open for ten seconds, so this waits once for all tests; longer than a
   * connection may stand still that still has one.
   */
  @AfterAll
  static void assertNothingStaysOpen() {
    try {
      gateway.send("main", "DELETE", "/api/v1/files/large.bin", null);
      await().atMost(90, TimeUnit.SECONDS).until(() -> openDescriptors() == 0);
    } finally {
      gateway.close();
    }
  }

  /** A new version under the same name, which gateways learn of. */
  @BeforeEach
  void write() throws IOException {
    gateway.send("main", "DELETE", "/api/v1/files/large.bin", null);
    Files.write(file, CONTENT);
  }

  private static void truncate(long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  private static HttpClient client(Way way) {
    HttpClient.Builder builder = HttpClient.newBuilder();
    return way.tls == null
        ? builder.version(HttpClient.Version.HTTP_1_1).build()
        : builder.version(way.tls).sslContext(certificate.trustingContext()).build();
  }

  private static HttpRequest request(Way way) {
    String base =
        way.tls == null
            ? "http://127.0.0.1:" + gateway.port("main")
            : "https://localhost:" + gateway.port("tls");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/large.bin")).timeout(Duration.ofSeconds(20));
    return way.range == null ? request.build() : request.header("Range", way.range).build();
  }

  /** What comes until the response or the connection ends; the rest may be an error. */
  private static long drain(InputStream body) {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    try {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        total += read;
      }
      return total;
    } catch (IOException endedEarly) {
      return total;
    }
  }

  private static long announced(HttpResponse<?> response) {
    return response.headers().firstValueAsLong("content-length").orElseThrow();
  }

  private static void assertNothingIsInFlight() {
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0"));
  }

  /** How often this process has a file of the root open, under its name or removed. */
  private static long openDescriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(TruncatedFileTest::isOfTheRoot).count();
    }
  }

  private static boolean isOfTheRoot(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith(file.toString());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void givenAFileBeingSent_whenItIsTruncated_thenTheResponseEndsShort(Way way) throws Exception {
    try (HttpClient client = client(way)) {
      HttpResponse<InputStream> response = client.send(request(way), BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        body.skipNBytes(READ_BEFORE);
        truncate(SHORT);

        long got = READ_BEFORE + drain(body);

        assertThat(announced(response)).isGreaterThanOrEqualTo(way.atLeast);
        assertThat(got).isLessThan(announced(response));
      }
    }

    assertNothingIsInFlight();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void givenAFileBeingSent_whenItGrows_thenTheResponseHasTheLengthAnnounced(Way way)
      throws Exception {
    try (HttpClient client = client(way)) {
      HttpResponse<InputStream> response = client.send(request(way), BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        body.skipNBytes(READ_BEFORE);
        Files.write(file, new byte[SIZE], StandardOpenOption.APPEND);

        assertThat(READ_BEFORE + drain(body)).isEqualTo(announced(response));
      }
    }

    assertNothingIsInFlight();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void givenAFileFoundBefore_whenItIsTruncated_thenTheNextResponseIsOfWhatIsThere(Way way)
      throws Exception {
    try (HttpClient client = client(way)) {
      client.send(request(way), BodyHandlers.discarding());
      truncate(SHORT);

      HttpResponse<byte[]> response = client.send(request(way), BodyHandlers.ofByteArray());

      assertThat(response.statusCode()).isIn(200, 206);
      assertThat((long) response.body().length).isEqualTo(announced(response));
      if (way.range == null) {
        assertThat(response.body()).isEqualTo(Arrays.copyOf(CONTENT, SHORT));
      }
    }

    assertNothingIsInFlight();
  }

  @Test
  void givenASmallFileFoundBefore_whenItIsTruncated_thenItsResponseIsWhole() throws IOException {
    Files.write(file.resolveSibling("small.bin"), Arrays.copyOf(CONTENT, 1_000));
    gateway.get("/small.bin");
    Files.write(file.resolveSibling("small.bin"), new byte[0]);

    assertThat(gateway.get("/small.bin").http().body()).isEqualTo(Arrays.copyOf(CONTENT, 1_000));
  }

  @Test
  void givenAFileRewrittenWhileItIsFound_whenGot_thenTheResponseIsWholeOrItsConnectionEnds()
      throws IOException {
    for (int i = 0; i < 200; i++) {
      try (RawClient client = gateway.raw()) {
        client.send("GET /large.bin HTTP/1.1\r\n$HOST\r\n\r\n");
        rewrite(5_000_000 + i);

        RawClient.Response response = client.read();

        String bytes = Integer.toString(response.body().length());
        assertThat(response.header("Content-Length").equals(bytes) || client.closedByServer())
            .isTrue();
      }
    }
  }

  private static void rewrite(int size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(CONTENT, 0, size));
    }
  }
}
