package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of HTTP/2 get every answer whole, whatever the client and however slowly it reads. */
@LongTest
class Http2ClientsIT {

  private static final int AT_ONCE = 60;
  private static final String TASK_TYPES = "/api/v1/task-types";
  private static final Map<String, byte[]> FILES = new LinkedHashMap<>();

  private static TlsSystem system;

  @BeforeAll
  static void start() {
    system = TlsSystem.start(Shape.settings());
    Site site = new Site(system.process());
    for (int i = 0; i < AT_ONCE; i++) {
      put(site, "small-" + i + ".bin", 1_024);
    }
    for (int i = 0; i < 10; i++) {
      put(site, "medium-" + i + ".bin", 200 * 1_024);
    }
    for (int i = 0; i < 3; i++) {
      put(site, "large-" + i + ".bin", 2 * 1_024 * 1_024);
    }
  }

  private static void put(Site site, String name, int bytes) {
    byte[] content = Site.picture(bytes + FILES.size());
    FILES.put("/http2/" + name, site.put("http2/" + name, content));
  }

  private static List<String> files(String kind) {
    return FILES.keySet().stream().filter(path -> path.contains(kind)).toList();
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static List<String> taskTypes() {
    return IntStream.range(0, AT_ONCE).mapToObj(_ -> TASK_TYPES).toList();
  }

  private static List<List<String>> manyAtOnce() {
    List<String> mixed = new ArrayList<>(files("small").subList(0, 20));
    mixed.addAll(taskTypes().subList(0, 20));
    mixed.addAll(files("medium"));
    mixed.addAll(files("large"));
    return List.of(taskTypes(), files("small"), files("medium"), files("large"), mixed);
  }

  @ParameterizedTest
  @MethodSource("manyAtOnce")
  void givenJavasClient_whenManyRequestsShareAConnection_thenEveryAnswerIsWhole(
      List<String> paths) {
    byte[] taskTypes = Http.get(system.process().doors().main(), TASK_TYPES).body();
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(system.certificate().trustingContext())
            .build()) {
      // Only then is there the one connection for all.
      client.sendAsync(request("/ping"), BodyHandlers.discarding()).join();
      List<CompletableFuture<HttpResponse<byte[]>>> answers =
          paths.stream()
              .map(path -> client.sendAsync(request(path), BodyHandlers.ofByteArray()))
              .toList();

      for (int i = 0; i < paths.size(); i++) {
        HttpResponse<byte[]> answer = answers.get(i).join();
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).as(paths.get(i)).isEqualTo(200);
        assertThat(answer.body())
            .as(paths.get(i))
            .isEqualTo(FILES.getOrDefault(paths.get(i), taskTypes));
      }
    }
  }

  private static HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(system.url(path)))
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  private static RawHttp2 connect(int initialWindow) {
    return new RawHttp2(system.port(), system.certificate(), initialWindow);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/http2/small-0.bin",
        "/http2/medium-0.bin",
        "/http2/large-0.bin",
        "/api/v1/task-types",
        "/openapi.yaml"
      })
  void givenAWindowOfOneByte_whenItOpensSlowly_thenTheAnswerIsWhole(String path) {
    byte[] whole = Http.get(system.process().doors().main(), path).body();
    try (RawHttp2 connection = connect(1)) {
      RawHttp2.Answer answer = connection.get(1, path).read(1, 1, 2, 3, 50, 500, 5_000, 50_000);

      assertThat(answer.end().endsStream()).as(answer.end().toString()).isTrue();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(whole);
    }
  }

  @RepeatedTest(5)
  void givenClosedWindows_whenManyAnswersWaitForThem_thenEachIsWhole() {
    List<String> paths = files("small").subList(0, 20);
    try (RawHttp2 connection = connect(0)) {
      for (int i = 0; i < paths.size(); i++) {
        connection.get(1 + 2 * i, paths.get(i));
      }
      for (int i = 0; i < paths.size(); i++) {
        RawHttp2.Answer answer = connection.read(1 + 2 * i, 400);

        assertThat(answer.end().endsStream()).as(answer.end().toString()).isTrue();
        assertThat(answer.body()).isEqualTo(FILES.get(paths.get(i)));
      }
    }
  }

  @Test
  void givenAnAnswerThatIsGivenUp_whenItsStreamIsReset_thenTheConnectionGoesOn() {
    try (RawHttp2 connection = connect(1)) {
      connection.get(1, "/http2/large-0.bin");
      assertThat(connection.decode(connection.next(1))).containsEntry(":status", "200");
      int cancel = 8;
      connection.send(RawHttp2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, (byte) cancel});

      RawHttp2.Answer next = connection.get(3, "/http2/small-0.bin").read(3, 1, 2_000);

      assertThat(next.end().endsStream()).as(next.end().toString()).isTrue();
      assertThat(next.body()).isEqualTo(FILES.get("/http2/small-0.bin"));
    }
  }

  @Test
  void givenConnect_whenSent_thenItIsAnsweredAndTheConnectionGoesOn() {
    try (RawHttp2 connection = connect(65_535)) {
      connection.headers(1, false, ":method", "CONNECT", ":authority", authority());

      RawHttp2.Frame answer = connection.next(1);

      assertThat(answer.type()).as(answer.toString()).isIn(RawHttp2.HEADERS, RawHttp2.RST_STREAM);
      if (answer.type() == RawHttp2.HEADERS) {
        assertThat(connection.decode(answer).get(":status")).isIn("405", "501");
      }
      assertThat(connection.get(3, "/ping").read(3, 65_535).status()).isEqualTo(200);
    }
  }

  private static String authority() {
    return "localhost:" + system.port();
  }

  private static RawHttp2 post(RawHttp2 connection, String... more) {
    List<String> headers =
        new ArrayList<>(
            List.of(
                ":method", "POST",
                ":scheme", "https",
                ":authority", authority(),
                ":path", "/api/v1/tasks",
                "content-type", "application/json"));
    headers.addAll(List.of(more));
    return connection.headers(1, false, headers.toArray(String[]::new));
  }

  private static final String TASK = "{\"task_name\":\"list_http_servers\"}";

  /**
   * RFC 9113, 8.1.1: a malformed request is a stream error of type PROTOCOL_ERROR. A server may
   * answer before it resets the stream, and may treat any stream error as one of the connection
   * (5.4.1).
   */
  private static void assertMalformed(RawHttp2 connection) {
    RawHttp2.Frame frame = connection.next(1);
    if (frame.type() == RawHttp2.HEADERS) {
      assertThat(connection.decode(frame).get(":status")).isEqualTo("400");
      do {
        frame = connection.next(1);
      } while (frame.type() == RawHttp2.DATA);
    }
    assertThat(frame.type()).as(frame.toString()).isIn(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
    assertThat(frame.errorCode()).isEqualTo(RawHttp2.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {":status", ":path", ":method", ":nonsense"})
  void givenTrailersWithAPseudoHeader_whenSent_thenTheStreamIsInError(String pseudoHeader) {
    try (RawHttp2 connection = connect(65_535)) {
      post(connection).data(1, false, TASK).headers(1, true, pseudoHeader, "200");

      assertMalformed(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 1_000})
  void givenAContentLengthThatIsNotTheBodys_whenSent_thenTheStreamIsInError(int difference) {
    try (RawHttp2 connection = connect(65_535)) {
      post(connection, "content-length", Integer.toString(TASK.length() + difference))
          .data(1, true, TASK);

      assertMalformed(connection);
    }
  }

  @Test
  void givenAContentLengthThatIsTheBodys_whenSent_thenTheTaskRuns() {
    try (RawHttp2 connection = connect(65_535)) {
      post(connection, "content-length", Integer.toString(TASK.length())).data(1, true, TASK);

      assertThat(connection.read(1, 65_535).status()).isEqualTo(200);
    }
  }

  @Test
  void givenTrailersThatAreWellFormed_whenSent_thenTheTaskRuns() {
    try (RawHttp2 connection = connect(65_535)) {
      post(connection).data(1, false, TASK).headers(1, true, "x-checksum", "7");

      assertThat(connection.read(1, 65_535).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/http2/small-0.bin", "/http2/medium-0.bin", "/http2/large-0.bin", TASK_TYPES})
  void givenNghttpWithASmallWindow_whenItDownloads_thenTheFileIsWhole(String path) {
    String nghttp = TestPrograms.require("nghttp");
    byte[] whole = Http.get(system.process().doors().main(), path).body();

    Programs.Outcome outcome =
        Programs.run(List.of(nghttp, "--no-verify-peer", "-w", "10", system.url(path)));

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.output()).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/http2/small-0.bin", "/http2/medium-0.bin", TASK_TYPES, "/ping"})
  void givenH2loadWithFiftyStreamsEach_whenItLoads_thenEveryRequestSucceeds(String path) {
    String h2load = TestPrograms.require("h2load");

    Programs.Outcome outcome =
        Programs.run(List.of(h2load, "-n", "300", "-c", "4", "-m", "50", system.url(path)));

    assertThat(outcome.text())
        .as(outcome.toString())
        .contains("300 succeeded, 0 failed, 0 errored, 0 timeout")
        .contains("300 2xx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/http2/small-0.bin", "/http2/medium-0.bin", TASK_TYPES})
  void givenCurlInParallel_whenItDownloads_thenEveryFileIsWhole(String path) throws IOException {
    String curl = TestPrograms.require("curl");
    byte[] whole = Http.get(system.process().doors().main(), path).body();
    Path directory = Scratch.directory("curl");
    List<String> command =
        new ArrayList<>(
            List.of(
                curl,
                "--silent",
                "--show-error",
                "--fail-early",
                "--http2",
                "--parallel",
                "--parallel-max",
                Integer.toString(AT_ONCE),
                "--cacert",
                system.certificateFile().toString()));
    for (int i = 0; i < AT_ONCE; i++) {
      command.addAll(List.of("--output", directory.resolve("" + i).toString(), system.url(path)));
    }

    Programs.Outcome outcome = Programs.run(command);

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(Files.readAllBytes(directory.resolve("" + i))).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "medium", "task-types"})
  void givenNode_whenItRequestsInParallel_thenEveryAnswerIsWhole(String kind) {
    String node = TestPrograms.require("node");
    List<String> paths = kind.equals("task-types") ? taskTypes() : files(kind);
    int length = Http.get(system.process().doors().main(), TASK_TYPES).body().length;
    List<String> command =
        new ArrayList<>(
            List.of(
                node,
                Resources.file("parallel-requests.mjs").toString(),
                system.url(""),
                system.certificateFile().toString()));
    command.addAll(paths);

    Programs.Outcome outcome = Programs.run(command);

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.text().lines())
        .containsExactlyElementsOf(
            paths.stream()
                .map(path ->
                    path
                        + " 200 "
                        + (FILES.containsKey(path) ? FILES.get(path).length : length)
                        + " 0")
                .toList());
  }
}
