package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * nginx with TLS, as the compose profile edge configures it, before two gateways. It speaks to the
 * gateways from 127.0.0.1; clients are at other addresses of loopback.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@LongTest
class EdgeIT {

  private static final Path CONFIGURATION =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../docker/edge");

  private static final String CLIENT = "127.0.0.2";
  private static final int REQUESTS_PER_CLIENT = 2;
  private static final int CLUSTER_PORTS = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<SignalboxProcess, Integer> GATEWAYS = new HashMap<>();
  private static final List<SignalboxProcess> PROCESSES = new ArrayList<>();
  private static final List<Path> AUDIT_LOGS = new ArrayList<>();
  private static final int PORT = FreePorts.next();
  private static final int CLUSTER_PORT = FreePorts.row(CLUSTER_PORTS);

  private static TestCertificate certificate;
  private static Path directory;

  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    TestPrograms.require("curl");
    String nginx = TestPrograms.require("nginx");
    directory = Scratch.directory("edge");
    launchGateway();
    launchGateway();
    launch("dns-service", Map.of());
    launch("file-service", Map.of());
    GATEWAYS.forEach(
        (gateway, port) -> gateway.await("to know four processes", () -> knows(port, 4)));
    launchNginx(nginx);
  }

  @AfterAll
  static void stop() {
    PROCESSES.forEach(SignalboxProcess::close);
  }

  @AfterEach
  void closeClients() {
    clients.forEach(HttpClient::shutdownNow);
  }

  private static void launchGateway() {
    Doors doors = Doors.choose();
    Path log = directory.resolve("audit-" + doors.main() + ".log");
    AUDIT_LOGS.add(log);
    Map<String, String> settings = new HashMap<>(doors.settings());
    settings.put("gateway.trusted-proxies", "127.0.0.1");
    settings.put("gateway.hosts", "localhost");
    settings.put("gateway.audit-log", log.toString());
    settings.put("gateway.event-heartbeat", "500ms");
    settings.put("gateway.max-requests-per-client", Integer.toString(REQUESTS_PER_CLIENT));
    GATEWAYS.put(launch("gateway-service", settings), doors.main());
  }

  private static SignalboxProcess launch(String service, Map<String, String> more) {
    Map<String, String> settings = Shape.settings("platform.log-format", "text");
    settings.putAll(more);
    SignalboxProcess process =
        SignalboxProcess.start(
            service,
            directory,
            Distribution.service(
                service,
                Map.of(
                    "platform.cluster-name", "edge-" + CLUSTER_PORT,
                    "platform.cluster-port", Integer.toString(CLUSTER_PORT),
                    "data", directory.resolve("data").toString(),
                    "config", SettingsFile.write(directory, settings).toString())));
    PROCESSES.add(process);
    return process;
  }

  private static boolean knows(int port, int processes) {
    try {
      JsonNode items = Http.get(port, "/api/v1/services").json().path("items");
      return items.findValuesAsText("state").stream().filter("ready"::equals).count() == processes;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /** The file of the compose profile, with what is another one here in place of containers. */
  private static void launchNginx(String nginx) throws IOException {
    certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Files.writeString(directory.resolve("tls.pem"), certificate.certificatePem());
    Files.writeString(directory.resolve("tls-key.pem"), certificate.keyPem());
    StringBuilder gateways = new StringBuilder("upstream gateways {\n");
    GATEWAYS.values().forEach(port -> gateways.append("server 127.0.0.1:" + port + ";\n"));
    String text = Files.readString(CONFIGURATION.resolve("nginx.conf"));
    for (String[] change :
        List.of(
            // First, since the directory may be below /tmp itself.
            new String[] {"/tmp/", directory + "/"},
            new String[] {"  server {\n", gateways + "}\n  server {\n"},
            new String[] {"gateway-service:8080", "gateways"},
            new String[] {"listen 8443 ", "listen 127.0.0.1:" + PORT + " "},
            new String[] {"/certificates/", directory + "/"})) {
      assertThat(text).contains(change[0]);
      text = text.replace(change[0], change[1]);
    }
    Path file = Files.writeString(directory.resolve("nginx.conf"), text);
    SignalboxProcess process =
        SignalboxProcess.start(
            "nginx", directory, List.of(nginx, "-c", file.toString(), "-g", "daemon off;"));
    PROCESSES.add(process);
    process.await("to listen", () -> !FreePorts.free(PORT));
  }

  private static String url(String path) {
    return "https://localhost:" + PORT + path;
  }

  private static Programs.Outcome curl(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--show-error",
                "--max-time",
                "60",
                "--http2",
                "--cacert",
                directory.resolve("tls.pem").toString(),
                "--connect-to",
                "localhost:" + PORT + ":127.0.0.1:" + PORT));
    command.addAll(Arrays.asList(arguments));
    return Programs.run(command);
  }

  /** A client at an address of its own. */
  private HttpClient client(String address) {
    try {
      HttpClient client =
          HttpClient.newBuilder()
              .sslContext(certificate.trustingContext())
              .localAddress(InetAddress.getByName(address))
              .build();
      clients.add(client);
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(60));
  }

  private static Stream<JsonNode> audited() {
    return AUDIT_LOGS.stream()
        .flatMap(log -> {
          try {
            return Files.readAllLines(log).stream();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .map(line -> {
          try {
            return JSON.readTree(line);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void givenAClientThatForgesTheFields_whenItCalls_thenTheGatewayKnowsItsOwnAddress()
      throws IOException {
    Programs.Outcome outcome =
        curl(
            "--interface",
            CLIENT,
            "--header",
            "X-Forwarded-For: 203.0.113.9",
            "--header",
            "Forwarded: for=203.0.113.9;proto=http;host=evil.example",
            "--header",
            "X-Forwarded-Proto: http",
            "--header",
            "X-Forwarded-Host: evil.example",
            "--write-out",
            "\n%{http_version}",
            url("/api/v1/whoami"));

    String[] lines = outcome.text().split("\n(?=[^\n]*$)");
    assertThat(lines[1]).as("version of HTTP in %s", outcome).isEqualTo("2");
    JsonNode caller = JSON.readTree(lines[0]);
    assertThat(caller.path("address").asText()).isEqualTo(CLIENT);
    assertThat(caller.path("secure").asBoolean()).isTrue();
  }

  @Test
  void givenAClientThatForgesTheField_whenItChangesSomething_thenTheAuditLogHasItsOwnAddress() {
    String file = "/api/v1/files/audited-" + System.nanoTime() + ".txt";

    curl(
        "--interface",
        CLIENT,
        "--header",
        "X-Forwarded-For: 203.0.113.9",
        "--request",
        "DELETE",
        url(file));

    Awaitility.await("the line")
        .atMost(Duration.ofSeconds(30))
        .until(() -> audited().anyMatch(line -> line.path("path").asText().equals(file)));
    assertThat(audited().filter(line -> line.path("path").asText().equals(file)))
        .singleElement()
        .satisfies(line -> assertThat(line.path("peer").asText()).isEqualTo(CLIENT));
  }

  @Test
  void givenAClientWithItsShareOfStreams_whenAnotherOneComes_thenOnlyTheFirstIsRefused()
      throws Exception {
    HttpClient greedy = client("127.0.0.3");
    List<InputStream> open = new ArrayList<>();
    int status = 200;
    while (status == 200 && open.size() <= 2 * REQUESTS_PER_CLIENT) {
      HttpResponse<InputStream> response =
          greedy.send(request("/api/v1/events").build(), BodyHandlers.ofInputStream());
      status = response.statusCode();
      open.add(response.body());
    }

    assertThat(status).isEqualTo(429);
    HttpResponse<InputStream> other =
        client("127.0.0.4").send(request("/api/v1/events").build(), BodyHandlers.ofInputStream());
    open.add(other.body());
    assertThat(other.statusCode()).isEqualTo(200);
    for (InputStream stream : open) {
      stream.close();
    }
  }

  @Test
  void givenAStreamOfTasks_whenALineIsSent_thenItsResultArrivesBeforeTheNextOne() throws Exception {
    // By hand: clients of the JDK and curl wait for more of a body before they send or read.
    try (Socket socket =
        certificate.trustingContext().getSocketFactory().createSocket("127.0.0.1", PORT)) {
      socket.setSoTimeout(60_000);
      send(
          socket,
          "POST /api/v1/tasks/stream HTTP/1.1\r\nHost: localhost:%d\r\n".formatted(PORT)
              + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (String id : List.of("first", "second")) {
        String line =
            "{\"task_name\":\"dns_query\",\"id\":\"%s\",\"params\":{\"domain\":\"example.com\"}}\n"
                .formatted(id);
        send(socket, Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
        assertThat(readUntil(socket, "\"error\":null}")).contains(id, Surroundings.EXAMPLE_COM);
      }
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** What arrives up to a text. */
  private static String readUntil(Socket socket, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("the stream ended after %s", text).isNotNegative();
      text.append((char) next);
    }
    return text.toString();
  }

  @Test
  void givenALargeFile_whenUploadedAndDownloaded_thenItIsWholeAndNginxKeepsNoCopy()
      throws IOException {
    byte[] content = new byte[16 << 20];
    new Random(7).nextBytes(content);
    Path file = Files.write(directory.resolve("large.bin"), content);

    assertThat(
            curl(
                    "--upload-file",
                    file.toString(),
                    "--write-out",
                    "%{http_code}",
                    "--output",
                    directory.resolve("answer").toString(),
                    url("/api/v1/files/large.bin"))
                .text())
        .isEqualTo("201");
    assertThat(curl(url("/api/v1/files/large.bin")).output()).isEqualTo(content);
    for (String kept : List.of("nginx-body", "nginx-proxy")) {
      try (Stream<Path> files = Files.walk(directory.resolve(kept))) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  @Test
  void givenTheHomePage_whenAskedThroughTheEdge_thenItsLinksLeadThere() {
    assertThat(curl("--header", "Accept: text/html", url("/")).text()).contains(url("/resolve"));
  }

  /** A stream of events that is read to its end, however that comes. */
  private record OpenStream(AtomicLong bytes, CompletableFuture<Void> end) {

    static OpenStream read(InputStream stream) {
      AtomicLong bytes = new AtomicLong();
      return new OpenStream(
          bytes,
          CompletableFuture.runAsync(
              () -> {
                try (stream) {
                  while (stream.read() >= 0) {
                    bytes.incrementAndGet();
                  }
                } catch (IOException e) {
                  // The end that a broken connection has.
                }
              },
              task -> Thread.ofVirtual().start(task)));
    }
  }

  @Test
  @Order(Integer.MAX_VALUE) // The tests before it have two gateways.
  void givenAGatewayThatIsKilled_whenRequestsCome_thenOnlyItsOwnStreamEnds() throws Exception {
    HttpClient client = client("127.0.0.5");
    List<OpenStream> streams = new ArrayList<>();
    for (int i = 0; i < GATEWAYS.size(); i++) {
      HttpResponse<InputStream> stream =
          client.send(request("/api/v1/events").build(), BodyHandlers.ofInputStream());
      assertThat(stream.statusCode()).isEqualTo(200);
      streams.add(OpenStream.read(stream.body()));
    }

    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      if (i == 20) {
        GATEWAYS.keySet().iterator().next().kill();
      }
      statuses.add(
          client.send(request("/api/v1/services").build(), BodyHandlers.discarding()).statusCode());
    }

    assertThat(statuses).hasSize(100).containsOnly(200);
    CompletableFuture.anyOf(streams.getFirst().end(), streams.getLast().end())
        .get(60, TimeUnit.SECONDS);
    assertThat(streams).filteredOn(stream -> !stream.end().isDone()).hasSize(1);
    OpenStream left =
        streams.stream().filter(stream -> !stream.end().isDone()).findFirst().orElseThrow();
    long before = left.bytes().get();
    Awaitility.await("a heartbeat of the other one")
        .atMost(Duration.ofSeconds(60))
        .until(() -> left.bytes().get() > before);
  }
}
