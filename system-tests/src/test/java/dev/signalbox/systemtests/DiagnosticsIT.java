package dev.signalbox.systemtests;

import static dev.signalbox.systemtests.Diagnosis.action;
import static dev.signalbox.systemtests.Diagnosis.doctor;
import static dev.signalbox.systemtests.Diagnosis.since;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is broken is found, by route and by command, and is no finding once it is mended. */
@LongTest
class DiagnosticsIT {

  /** Until a finding is there: longer than silence and than the looks that it has to last. */
  private static final Duration FOUND = Duration.ofSeconds(40);

  /** Until it is over: longer than it is held after it was last seen. */
  private static final Duration OVER = Duration.ofSeconds(60);

  private static final int QUOTA = 1_000_000;
  private static final int PIECE = 8_000_000;

  private static Cluster cluster;
  private static SignalboxProcess dns;

  @BeforeAll
  static void startCluster() {
    cluster = Cluster.gatewayAlone(Shape.settings());
    cluster.launch("code-service");
    dns = cluster.launch("dns-service");
    cluster.awaitReady("code-service", 1);
    cluster.awaitReady("dns-service", 1);
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static int gateway() {
    return cluster.doors().main();
  }

  private static Diagnosis awaitWell() {
    return Diagnosis.await("a cluster that is well", OVER, gateway(), Diagnosis::well);
  }

  private static JsonNode node(int port, String service) {
    for (JsonNode each : Http.get(port, "/api/v1/services").json().path("items")) {
      if (each.path("service").asText().equals(service)) {
        return each.path("node");
      }
    }
    throw new AssertionError("no instance of " + service);
  }

  @Test
  void givenAClusterThatIsWell_whenItIsDiagnosed_thenItIsOkAndTheCommandEndsWith0() {
    Diagnosis found = awaitWell();

    assertThat(found.json().path("findings")).isEmpty();
    assertThat(found.json().path("processes")).hasSize(3);
    assertThat(found.json().path("processes").findValuesAsText("service"))
        .containsExactlyInAnyOrder("gateway-service", "code-service", "dns-service");
    assertThat(doctor(gateway(), 0)).contains("nothing is wrong; processes asked: 3");
    JsonNode document = Reply.json(doctor(gateway(), 0, "--json"));
    assertThat(document.path("status").asText()).isEqualTo("ok");
    assertThat(new Diagnosis(document.path("system")).timeless()).isEqualTo(found.timeless());
  }

  @Test
  void givenAProcessThatIsStopped_whenItGoesOn_thenTheFindingsComeAndGo() {
    awaitWell();
    JsonNode node = node(gateway(), "dns-service");
    Instant stopped = Instant.now();
    dns.signal("STOP");
    try {
      Diagnosis mute =
          Diagnosis.await(
              "an instance that does not answer",
              FOUND,
              gateway(),
              found -> !found.json().path("unanswered").isEmpty());
      JsonNode unanswered = mute.json().path("unanswered");
      assertThat(unanswered).hasSize(1);
      assertThat(unanswered.get(0).path("service").asText()).isEqualTo("dns-service");
      assertThat(unanswered.get(0).path("node")).isEqualTo(node);
      assertThat(unanswered.get(0).path("reason").asText()).isNotEmpty();
      assertThat(mute.json().path("status").asText()).isEqualTo("error");
      assertDown(mute, node, stopped);

      Diagnosis silent =
          Diagnosis.await(
              "an instance that is silent",
              FOUND,
              gateway(),
              found -> found.has("DOWN", "NO_INSTANCE"));
      JsonNode down = silent.finding("DOWN");
      assertThat(down.path("node")).isEqualTo(node);
      assertThat(down.path("since")).isEqualTo(mute.finding("DOWN").path("since"));
      assertThat(doctor(gateway(), 1))
          .contains("DOWN of dns-service, since " + down.path("since").asText())
          .contains(node.asText(), action(down));
    } finally {
      dns.signal("CONT");
    }

    awaitWell();
    assertThat(node(gateway(), "dns-service")).isEqualTo(node);
  }

  private static void assertDown(Diagnosis found, JsonNode node, Instant broken) {
    JsonNode down = found.finding("DOWN");
    assertThat(down.path("service").asText()).isEqualTo("dns-service");
    assertThat(down.path("node")).isEqualTo(node);
    assertThat(down.path("detail").asText()).startsWith("dns-service " + node.asText() + " at ");
    assertThat(since(down)).isBetween(broken.minusMillis(1), Instant.now());
  }

  @Test
  void givenAProcessThatIsKilled_whenItIsStartedAgain_thenTheFindingsComeAndGo() {
    awaitWell();
    JsonNode node = node(gateway(), "dns-service");
    Instant killed = Instant.now();
    dns.kill();

    Diagnosis vanished =
        Diagnosis.await(
            "an instance that vanished",
            FOUND,
            gateway(),
            found -> found.has("DOWN", "NO_INSTANCE"));
    assertDown(vanished, node, killed);
    JsonNode missing = vanished.finding("NO_INSTANCE");
    assertThat(missing.path("service").asText()).isEqualTo("gateway-service");
    assertThat(vanished.json().path("processes")).hasSize(2);
    assertThat(doctor(gateway(), 1))
        .contains("DOWN of dns-service", "No instance of dns-service takes work", action(missing));

    dns = cluster.launch("dns-service");
    cluster.awaitReady("dns-service", 1);
    awaitWell();
    assertThat(node(gateway(), "dns-service")).isNotEqualTo(node);
  }

  @Test
  void givenADatabaseThatIsGone_whenItIsBack_thenEachServiceThatUsesItHasAFindingUntilThen() {
    Set<String> users = Set.of("code-service", "ping-coordinator", "server-factory-service");
    TestPostgres.FreshDatabase database = TestPostgres.freshDatabase();
    URI url = URI.create(database.url().substring("jdbc:".length()));
    try (CuttableProxy proxy = new CuttableProxy(url.getPort());
        OneProcess system =
            OneProcess.start(
                Shape.settings(
                    "storage.url",
                    "jdbc:postgresql://127.0.0.1:" + proxy.port() + url.getPath(),
                    "storage.user",
                    database.user(),
                    "storage.password",
                    database.password()))) {
      int main = system.doors().main();
      assertThat(Diagnosis.of(main).codes()).doesNotContain("STORAGE", "NOT_READY");

      Instant cut = Instant.now();
      proxy.cut();
      assertThat(Http.post(main, "/api/v1/codes", "{\"uuid\":\"u\"}").status()).isEqualTo(503);
      assertThat(Http.get(main, "/api/v1/census/progress").status()).isEqualTo(503);
      assertThat(Http.post(main, "/api/v1/servers", "{\"page_uri\":\"/p\"}").status())
          .isEqualTo(503);
      Diagnosis outage =
          Diagnosis.await(
              "a finding of each that uses the database",
              FOUND,
              main,
              found -> found.services("STORAGE").equals(users) && found.has("NOT_READY"));
      List<JsonNode> findings = outage.findings("STORAGE");
      assertThat(findings)
          .hasSize(users.size())
          .allSatisfy(finding -> {
            assertThat(finding.path("severity").asText()).isEqualTo("error");
            assertThat(finding.path("node"))
                .isEqualTo(node(main, finding.path("service").asText()));
            assertThat(finding.path("process"))
                .isEqualTo(outage.json().path("processes").get(0).path("process"));
            assertThat(since(finding)).isBetween(cut.minusMillis(1), Instant.now());
          });
      assertThat(doctor(main, 1))
          .contains("STORAGE of code-service", "NOT_READY", action(findings.getFirst()));
      JsonNode document = Reply.json(doctor(main, 1, "--json"));
      assertThat(document.path("status").asText()).isEqualTo("error");
      assertThat(new Diagnosis(document.path("system")).findings("STORAGE"))
          .containsExactlyInAnyOrderElementsOf(findings);

      proxy.restore();
      Diagnosis.await(
          "an end of the outage", OVER, main, found -> found.hasNone("STORAGE", "NOT_READY"));
      assertThat(Http.post(main, "/api/v1/codes", "{\"uuid\":\"u\"}").status()).isEqualTo(201);
    }
  }

  @Test
  void givenAllPlacesTaken_whenItIsDiagnosed_thenItAnswersAndTheQueueIsAFindingWhileItLasts()
      throws IOException, InterruptedException {
    Load load = new Load();
    try (OneProcess system =
        OneProcess.start(
            Shape.settings(
                "gateway.max-in-flight",
                "1",
                "gateway.max-wait",
                "2m",
                "http-probe.max-in-flight",
                "1"))) {
      int main = system.doors().main();
      try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        String task =
            """
            {"task_name":"http_probe","timeout_ms":60000,
             "params":{"url":"http://127.0.0.1:%d","timeout_ms":60000}}\
            """
                .formatted(silent.getLocalPort());
        // More than there are event loops, each of which has a share of the places.
        String batch = "{\"tasks\":[" + (task + ",").repeat(19) + task + "]}";
        load.run(() ->
            assertThat(Http.post(main, "/api/v1/tasks/batch", batch).status()).isEqualTo(200));
        Diagnosis.await("a refusal", FOUND, main, found -> found.has("OVERLOADED"));
        load.run(() -> assertThat(Http.post(main, "/api/v1/tasks", task).status()).isEqualTo(200));

        Diagnosis full = Diagnosis.await("a queue", FOUND, main, found -> found.has("QUEUE"));
        JsonNode queue = full.finding("QUEUE");
        assertThat(queue.path("service").asText()).isEqualTo("gateway-service");
        assertThat(queue.path("detail").asText()).startsWith("1 requests wait");
        assertThat(full.services("OVERLOADED")).containsExactly("http-probe-service");
        assertThat(doctor(main, 1)).contains("QUEUE of gateway-service", action(queue));
      }
      load.awaitAll();

      // A refusal is a finding for five minutes: a unit test has a clock that passes them.
      Diagnosis.await("an empty queue", OVER, main, found -> found.hasNone("QUEUE"));
    }
  }

  @Test
  void givenADiskWithoutRoom_whenRoomIsMade_thenTheFindingComesAndGoes() {
    Path data = Scratch.directory("disk").resolve("data");
    try (OneProcess system =
        OneProcess.start(
            data,
            Shape.settings(),
            List.of(),
            command -> Isolation.onSmallDisk(data, "128m", command))) {
      int main = system.doors().main();
      assertThat(Diagnosis.of(main).codes()).doesNotContain("DISK");

      int pieces = 0;
      int status = put(main, "piece-0.bin", PIECE);
      while (status == 201 && pieces < 20) {
        pieces++;
        status = put(main, "piece-" + pieces + ".bin", PIECE);
      }
      assertThat(status).isEqualTo(507);
      Diagnosis full = Diagnosis.await("a full disk", FOUND, main, found -> found.has("DISK"));
      assertThat(doctor(main, 1))
          .contains("DISK at ", "on the disk of the data directory", action(full.finding("DISK")));

      for (int i = 0; i < pieces; i++) {
        assertThat(delete(main, "piece-" + i + ".bin")).isEqualTo(204);
      }
      Diagnosis.await("room", OVER, main, found -> found.hasNone("DISK"));
    }
  }

  @Test
  void givenQuotaAndCertificate_whenEachBreaksAndIsMended_thenItsFindingComesAndGoes()
      throws IOException {
    Path directory = Scratch.directory("diagnostics");
    write(directory, 60, 0);
    try (OneProcess system =
        OneProcess.start(
            Shape.settings(
                "file.max-total-bytes",
                Integer.toString(QUOTA),
                "gateway.tls-port",
                "any",
                "gateway.tls-certificate",
                directory.resolve("cert.pem").toString(),
                "gateway.tls-key",
                directory.resolve("key.pem").toString()))) {
      int main = system.doors().main();
      assertThat(Diagnosis.of(main).codes()).doesNotContain("FILE_QUOTA", "TLS_CERTIFICATE");

      write(directory, -1, 60);
      assertThat(put(main, "large.bin", QUOTA * 95 / 100)).isEqualTo(201);
      Diagnosis both =
          Diagnosis.await(
              "both findings", FOUND, main, found -> found.has("FILE_QUOTA", "TLS_CERTIFICATE"));
      assertThat(doctor(main, 1))
          .contains("FILE_QUOTA of file-service", action(both.finding("FILE_QUOTA")))
          .contains("TLS_CERTIFICATE of gateway-service", "has expired at");

      write(directory, 60, 120);
      assertThat(delete(main, "large.bin")).isEqualTo(204);
      Diagnosis.await(
          "neither", OVER, main, found -> found.hasNone("FILE_QUOTA", "TLS_CERTIFICATE"));
    }
  }

  /** Writes a certificate and its key, with a time by which they are seen to be new. */
  private static void write(Path directory, int validDays, int later) throws IOException {
    TestCertificate made = TestCertificate.selfSigned("localhost", validDays, "dns:localhost");
    FileTime time = FileTime.from(Instant.now().plusSeconds(later));
    for (Map.Entry<String, String> file :
        Map.of("cert.pem", made.certificatePem(), "key.pem", made.keyPem()).entrySet()) {
      Path path = Files.writeString(directory.resolve(file.getKey()), file.getValue());
      Files.setLastModifiedTime(path, time);
    }
  }

  private static int put(int port, String name, int bytes) {
    return Http.request(
            port,
            "PUT",
            "/api/v1/files/" + name,
            new byte[bytes],
            "Content-Type: application/octet-stream")
        .status();
  }

  private static int delete(int port, String name) {
    return Http.send(port, "DELETE", "/api/v1/files/" + name, "").status();
  }
}
