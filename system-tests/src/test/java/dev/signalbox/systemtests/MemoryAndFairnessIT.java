package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small process under clients that ask for more than it has: it lives, says so to those it
 * refuses, and serves the others.
 */
@LongTest
class MemoryAndFairnessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String JSON = "Content-Type: application/json";
  private static final String TASK = "{\"task_name\":\"list_http_servers\"}";

  /** Addresses of this machine as clients: many, one that is greedy, and one that is not. */
  private static final String GREEDY = "127.0.0.3";

  private static final String MODEST = "127.0.0.2";

  private final List<RawConnection> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(RawConnection::close);
    open.clear();
  }

  private static OneProcess start(String... settings) {
    // Nothing that these tests hold open may end by itself.
    Map<String, String> all = new HashMap<>(Shape.settings(settings));
    all.putIfAbsent("gateway.body-timeout", "10m");
    all.putIfAbsent("gateway.keep-alive-timeout", "10m");
    return OneProcess.start(all, List.of("-Xmx256m"));
  }

  private RawConnection connect(String source, int port) {
    RawConnection connection = RawConnection.from(source, port);
    open.add(connection);
    return connection;
  }

  /** One of a hundred clients. */
  private static String client(int number) {
    return "127.0.1." + (1 + number % 100);
  }

  private static Reply runTask(String source, int port) {
    try (RawConnection connection = RawConnection.from(source, port)) {
      return connection.send(Http.head("POST", "/run_task", TASK.length(), JSON) + TASK).read();
    }
  }

  private static void assertWell(OneProcess system) {
    assertThat(system.process().alive()).isTrue();
    assertThat(system.output()).doesNotContain("OutOfMemoryError");
    assertThat(Http.get(system.doors().main(), "/health/live").status()).isEqualTo(200);
  }

  // Memory

  @Test
  void givenBodiesBeyondTheMemory_whenNoneOfThemEnds_thenSomeAreRefusedAndTheProcessLives() {
    int length = 900_000;
    byte[] allButOne = new byte[length - 1];
    try (OneProcess system = start()) {
      int port = system.doors().main();
      for (int i = 0; i < 300; i++) {
        RawConnection connection = connect(client(i), port);
        // A server that does not read on is as good as one that refuses; nobody waits for it here.
        Thread.ofVirtual()
            .start(() ->
                connection.send(Http.head("POST", "/api/v1/tasks", length, JSON)).send(allButOne));
      }

      Awaitility.await("a refusal")
          .atMost(PATIENCE)
          .until(() -> {
            assertThat(Http.get(port, "/health/live").status()).isEqualTo(200);
            return open.stream().anyMatch(RawConnection::answered);
          });
      for (RawConnection connection : open) {
        if (connection.answered()) {
          Reply refused = connection.read();
          assertThat(refused.status()).as(refused.toString()).isEqualTo(503);
          assertThat(refused.header("retry-after")).matches("\\d+");
        }
      }
      assertWell(system);

      closeAll();
      Awaitility.await("normal service")
          .atMost(PATIENCE)
          .until(() -> runTask(MODEST, port).status() == 200);
      assertWell(system);
    }
  }

  /**
   * @param path of a response that is large, {@code %d} is the client's number
   * @param header of the request
   */
  @ParameterizedTest
  @CsvSource({
    "/large.bin, 'Range: bytes=0-20000000,20000002-39999999'",
    "/small.bin?%d, 'Accept: */*'",
    "/api/v1/messages?limit=1000&x=%d, 'Accept: */*'"
  })
  void givenHundredsOfClientsThatReadNothing_whenAnotherReads_thenItHasItsFile(
      String path, String header) throws IOException {
    Path root = Scratch.directory("unread");
    Files.write(root.resolve("large.bin"), new byte[40_000_000]);
    Files.write(root.resolve("small.bin"), new byte[65_536]);
    try (OneProcess system = start("file.root", root.toString())) {
      int port = system.doors().main();
      storeLongMessages(system);

      for (int i = 0; i < 900; i++) {
        connect(client(i), port).send(Http.head("GET", path.formatted(i), -1, header));
      }

      Awaitility.await("a whole file")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> Http.get(port, "/large.bin").body().length == 40_000_000);
      Awaitility.await("a range over two pieces")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() ->
              Http.get(port, "/large.bin", "Range: bytes=0-299999,300001-600000").status() == 206);
      assertWell(system);
    }
  }

  @Test
  void
      givenHundredsOfClientsThatReadNothingOfAFileOfAnotherProcess_whenOthersAsk_thenTheyAreServed()
          throws IOException {
    Path root = Scratch.directory("unread-elsewhere");
    Files.write(root.resolve("large.bin"), new byte[40_000_000]);
    Files.write(root.resolve("small.bin"), new byte[65_536]);
    try (Cluster system = Cluster.gatewayAlone(Shape.settings("file.root", root.toString()))) {
      system.launch("file-service");
      system.awaitReady("file-service", 1);
      int port = system.doors().main();

      for (int i = 0; i < 600; i++) {
        connect(client(i), port).send(Http.head("GET", "/large.bin", -1));
      }
      awaitRefusal(open);

      for (int i = 0; i < 20; i++) {
        assertThat(Http.get(port, "/api/v1/services").status()).isEqualTo(200);
        assertThat(Http.get(port, "/small.bin").status()).isEqualTo(200);
      }
      Awaitility.await("a whole file")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> Http.get(port, "/large.bin").body().length == 40_000_000);
      assertThat(system.output()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
    }
  }

  /** Waits until the memory is full: one of the clients gets no place. */
  private void awaitRefusal(List<RawConnection> clients) {
    List<RawConnection> silent = new ArrayList<>(clients);
    Set<Integer> statuses = new HashSet<>();
    Awaitility.await("one that is refused")
        .atMost(PATIENCE)
        .until(() -> {
          for (RawConnection answered : silent.stream().filter(RawConnection::answered).toList()) {
            silent.remove(answered);
            statuses.add(answered.readHead().status());
          }
          return statuses.contains(503);
        });
    assertThat(statuses).containsExactlyInAnyOrder(200, 503);
  }

  @Test
  void givenResponsesOfAServerThatLastForMinutes_whenTheyAreMany_thenFilesAreServedAtOnce()
      throws IOException {
    Path root = Scratch.directory("live");
    Files.write(root.resolve("small.bin"), new byte[65_536]);
    String definition =
        "{\"routes\":[" + live("/large", 600_000) + "," + live("/small", 9_000) + "]}";
    try (OneProcess system = start("file.root", root.toString())) {
      int port = system.doors().main();
      JsonNode server = Http.post(port, "/api/v1/servers", definition).json();
      String prefix = "/servers/" + server.path("server_id").asText();

      for (int i = 0; i < 150; i++) {
        connect(client(i), port).send(Http.head("GET", prefix + "/large", -1));
      }
      awaitRefusal(open);
      for (int i = 0; i < 70; i++) { // What is left is less than one large response holds.
        connect(client(i), port).send(Http.head("GET", prefix + "/small", -1));
      }
      awaitRefusal(open.subList(150, open.size()));

      for (int i = 0; i < 10; i++) {
        assertThat(Http.get(port, "/small.bin").status()).isEqualTo(200);
      }
      assertWell(system);
    }
  }

  /** A route whose response lasts for ten minutes. */
  private static String live(String path, int length) {
    return """
    {"match":{"path":"%s"},"response":{"body":"%s","delay":{"dribble":{"chunks":600,"over_ms":600000}}}}\
    """
        .formatted(path, "x".repeat(length));
  }

  private static void storeLongMessages(OneProcess system) {
    String code =
        Http.post(system.doors().codes(), "/", "{\"uuid\":\"u\"}").json().path("unique").asText();
    String message =
        "{\"uuid\":\"u\",\"unique\":\"" + code + "\",\"text\":\"" + "x".repeat(9_000) + "\"}";
    for (int i = 0; i < 300; i++) {
      assertThat(Http.post(system.doors().messages(), "/", message).status()).isEqualTo(200);
    }
  }

  @Test
  void givenABatchOfMillionsOfTasksThatAreNone_whenRefused_thenTheProcessLives() {
    StringBuilder batch = new StringBuilder("{\"tasks\":[[]");
    while (batch.length() < 16 * 1_024 * 1_024 - 5) {
      batch.append(",[]");
    }
    batch.append("]}");
    try (OneProcess system = start()) {
      Reply refused = Http.post(system.doors().main(), "/api/v1/tasks/batch", batch.toString());

      assertThat(refused.status()).as(refused.toString()).isIn(400, 413);
      assertThat(refused.json().path("errors").size()).isLessThanOrEqualTo(50);
      assertThat(refused.body().length).isLessThan(100_000);
      assertWell(system);
    }
  }

  @Test
  void givenBodiesOfWrongFieldsAlone_whenRefused_thenTheAnswersAreSmall() {
    StringBuilder body = new StringBuilder("{\"tasks\":[]");
    for (int i = 0; body.length() < 830_000; i++) {
      body.append(",\"f").append(i).append("\":0");
    }
    body.append('}');
    try (OneProcess system = start()) {
      for (String path :
          new String[] {
            "/api/v1/tasks",
            "/api/v1/tasks/batch",
            "/api/v1/servers",
            "/api/v1/messages",
            "/api/v1/census/leases"
          }) {
        Reply refused = Http.post(system.doors().main(), path, body.toString());

        assertThat(refused.status()).as(path + " " + refused).isEqualTo(400);
        JsonNode errors = refused.json().path("errors");
        assertThat(errors.size()).as(path).isBetween(1, 50);
        assertThat(refused.body().length).as(path).isLessThan(100_000);
      }
      assertWell(system);
    }
  }

  // Slow clients

  /** So many requests of one client whose bodies do not go on. */
  private void stall(int requests, String source, int port) {
    for (int i = 0; i < requests; i++) {
      connect(source, port).send(Http.head("POST", "/run_task", 150, JSON) + "{\"tas");
    }
  }

  @Test
  void givenAClientWithThousandsOfSlowRequests_whenAnotherAsks_thenItIsServed() {
    try (OneProcess system = start()) {
      int port = system.doors().main();
      stall(2_100, GREEDY, port);

      for (int i = 0; i < 10; i++) {
        Reply reply = runTask(MODEST, port);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
      }
      assertWell(system);
    }
  }

  @ParameterizedTest
  // More than the bound: one that comes while the test asks may be refused in its place.
  @ValueSource(ints = {150, 2_100})
  void givenABoundOnTheRequestsOfAClient_whenItHasMore_thenItAloneIsRefused(int requests) {
    try (OneProcess system =
        start(
            "gateway.max-requests-per-client", "100",
            // Here it is requests that are counted.
            "gateway.max-connections-per-client", "10000")) {
      int port = system.doors().main();
      stall(requests, GREEDY, port);

      // Until all of them have come one more may still get in, and hold the last place while all
      // that come then are refused: each time another one tries to take that place.
      Awaitility.await("a refusal")
          .atMost(PATIENCE)
          .until(() -> {
            stall(1, GREEDY, port);
            return runTask(GREEDY, port).status() != 200;
          });
      Reply refused = runTask(GREEDY, port);
      assertThat(refused.status()).as(refused.toString()).isEqualTo(429);
      assertThat(refused.header("retry-after")).matches("\\d+");
      assertThat(runTask(MODEST, port).status()).isEqualTo(200);

      closeAll();
      Awaitility.await("service again")
          .atMost(PATIENCE)
          .until(() -> runTask(GREEDY, port).status() == 200);
    }
  }

  @Test
  void givenABoundOnTheConnectionsOfAClient_whenItHasMore_thenOthersStillConnect() {
    try (OneProcess system =
        start("gateway.max-connections", "50", "gateway.max-connections-per-client", "20")) {
      int port = system.doors().main();
      // As busy as they can be, so that none makes way for another.
      for (int i = 0; i < 60; i++) {
        connect(GREEDY, port).send(Http.head("POST", "/run_task", 150, JSON) + "{\"tas");
      }

      for (int i = 0; i < 10; i++) {
        assertThat(runTask(client(i), port).status()).isEqualTo(200);
      }
      closeAll();
      Awaitility.await("service again")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> runTask(GREEDY, port).status() == 200);
    }
  }

  @Test
  void givenFiveUploadsThatFallSilent_whenASixthComes_thenItIsStored() {
    // They hold the five places from their first byte on, until the gateway gives them up.
    try (OneProcess system = start("gateway.body-timeout", "5s")) {
      int port = system.doors().main();
      for (int i = 0; i < 5; i++) {
        connect(client(i), port)
            .send(Http.head("POST", "/upload", 1_000, "Content-Type: text/plain") + "x");
      }

      Awaitility.await("the sixth stored")
          .atMost(PATIENCE)
          .until(() -> Clients.curlPost(port, "/upload", "sixth").status() == 201);
    }
  }

  // Connections

  @Test
  void givenAllConnectionsIdle_whenAnotherIsOpened_thenItWorksAndTheLongestIdleIsClosed() {
    try (OneProcess system = start("gateway.max-connections", "50")) {
      int port = system.doors().main();
      for (int i = 0; i < 60; i++) {
        assertThat(connect(client(i), port).get("/ping").status())
            .as("connection %s", i)
            .isEqualTo(200);
      }

      assertThat(open.getLast().get("/ping").status()).isEqualTo(200);
      for (int i = 0; i < 10; i++) {
        assertThat(open.get(i).closedByServer()).as("connection %s", i).isTrue();
      }
      assertThat(open.get(20).get("/ping").status()).isEqualTo(200);
    }
  }

  @Test
  void givenAllConnectionsBusy_whenItsHealthIsAsked_thenItIsTold() {
    try (OneProcess system = start("gateway.max-connections", "50")) {
      int port = system.doors().main();
      for (int i = 0; i < 50; i++) {
        RawConnection connection = connect(client(i), port);
        connection.send(
            Http.head("POST", "/run_task", TASK.length(), JSON, "Expect: 100-continue"));
        // Then it is known to be busy.
        assertThat(connection.readNext().status()).isEqualTo(100);
        connection.send("{");
      }

      for (int i = 0; i < 3; i++) {
        assertThat(Http.get(port, "/health/live").status()).isEqualTo(200);
        assertThat(Http.get(port, "/metrics").status()).isEqualTo(200);
      }
      for (RawConnection connection : open) {
        assertThat(connection.send(TASK.substring(1)).read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void givenAllConnectionsBusy_whenAnotherOfHttp2AsksForWork_thenItIsRefusedAndTold() {
    Map<String, String> settings =
        new HashMap<>(
            Shape.settings("gateway.max-connections", "5", "gateway.body-timeout", "10m"));
    try (TlsSystem system = TlsSystem.start(settings)) {
      for (int i = 0; i < 5; i++) {
        RawConnection connection = connect(client(i), system.process().doors().main());
        connection.send(
            Http.head("POST", "/run_task", TASK.length(), JSON, "Expect: 100-continue"));
        assertThat(connection.readNext().status()).isEqualTo(100);
      }

      try (RawHttp2 client = new RawHttp2(system.port(), system.certificate(), 65_535)) {
        assertThat(client.get(1, "/health/live").read(1, 65_535).status()).isEqualTo(200);
        client.get(3, "/ping");
        Set<Integer> told = new HashSet<>();
        String status = "";
        while (!told.containsAll(Set.of(RawHttp2.GOAWAY, RawHttp2.HEADERS))) {
          RawHttp2.Frame frame = client.next();
          assertThat(frame.type()).isNotEqualTo(RawHttp2.END);
          told.add(frame.type());
          if (frame.type() == RawHttp2.HEADERS) {
            status = client.decode(frame).get(":status");
          }
        }
        assertThat(status).isEqualTo("503");
      }
    }
  }
}
