package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.platform.node.ClusterKeysMaker;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway and a file-service as two members of a cluster. Each test waits for ten seconds. */
@Execution(ExecutionMode.CONCURRENT)
@LongTest
class FileStreamsIT {

  @TempDir private Path directory;
  private final byte[] content = new byte[30_000_000];
  private final Map<String, String> settings = new HashMap<>();
  private Path file;
  private int management;
  private TestNode files;
  private GatewayFixture gateway;

  @BeforeEach
  void write() throws IOException {
    new Random(9).nextBytes(content);
    file = Files.createDirectory(directory.resolve("root")).resolve("large.bin");
    Files.write(file, content);
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (files != null) {
      files.close();
    }
  }

  private void start(boolean keys) throws Exception {
    settings.put("platform.cluster", "true");
    settings.put("platform.cluster-name", "streams-" + UUID.randomUUID());
    if (keys) {
      Path made = directory.resolve("keys");
      ClusterKeysMaker.make(made, made.resolve(ClusterKeysMaker.AUTHORITY_KEY), 2);
      settings.put("platform.cluster-keys", directory.resolve("keys").toString());
    }
    Map<String, String> ofFiles = new HashMap<>(settings);
    ofFiles.put("file.root", file.getParent().toString());
    management = FreePorts.next();
    ofFiles.put("platform.management-port", String.valueOf(management));
    files = TestNode.start(FileMain.SERVICE, ofFiles);
    List<String> ofGateway = new ArrayList<>();
    settings.forEach((key, value) -> ofGateway.addAll(List.of(key, value)));
    gateway = GatewayFixture.start(ofGateway.toArray(String[]::new));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> gateway.send("main", "HEAD", "/large.bin", null).status() == 200);
  }

  private String metricsOfFileService() throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + management + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }

  private long openFiles() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(this::isFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isFile(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file.toAbsolutePath());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenALargeFile_whenGotWholeAndInPart_thenEveryByteIsThere(boolean keys) throws Exception {
    start(keys);

    assertThat(gateway.send("main", "GET", "/large.bin", null).http().body()).isEqualTo(content);
    assertThat(
            gateway
                .send("main", "GET", "/large.bin", null, "Range", "bytes=5000001-")
                .http()
                .body())
        .isEqualTo(Arrays.copyOfRange(content, 5_000_001, content.length));
    assertThat(metricsOfFileService())
        .containsPattern("signalbox_operation_seconds_count\\{operation=\"file.send\".*} 2")
        .containsPattern("signalbox_operation_seconds_count\\{operation=\"file.read\".*} 0");
    // It stays open for ten seconds after its last use, for another piece.
    await().atMost(Duration.ofSeconds(30)).until(() -> openFiles() == 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenAClientThatLeaves_whenGone_thenTheFileIsClosed(boolean keys) throws Exception {
    start(keys);
    try (RawClient client = gateway.raw()) {
      client.send("GET /large.bin HTTP/1.1\r\n$HOST\r\n\r\n").readSome(100_000);
      assertThat(openFiles()).isEqualTo(1);
    }

    // It stays open for ten seconds after its last use, for another piece.
    await().atMost(Duration.ofSeconds(30)).until(() -> openFiles() == 0);
  }

  /** Over a connection of its own, and by pieces over the bus. */
  @ParameterizedTest
  @CsvSource({
    "false,bytes=0-",
    "true,bytes=0-",
    "false,'bytes=0-14999999,15000001-'",
    "true,'bytes=0-14999999,15000001-'"
  })
  void givenAFileBeingSent_whenItIsTruncated_thenTheResponseEndsShort(boolean keys, String range)
      throws Exception {
    start(keys);
    try (RawClient client = gateway.raw()) {
      client
          .send("GET /large.bin HTTP/1.1\r\n$HOST\r\nRange: " + range + "\r\n\r\n")
          .readSome(100_000);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(100_000);
      }

      assertThat(client.readToEnd().length()).isLessThan(content.length - 100_000);
    }
    await()
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0"));
  }
}
