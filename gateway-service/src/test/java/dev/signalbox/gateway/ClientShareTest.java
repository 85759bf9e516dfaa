package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.server.FakeServers;
import dev.signalbox.testsupport.TestCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one client may hold of each kind of requests in flight. The test is the trusted proxy that
 * names the clients.
 */
class ClientShareTest {

  private static final String GREEDY = "203.0.113.1";
  private static final String MODEST = "203.0.113.2";
  private static final String STREAM =
      "POST /api/v1/tasks/stream HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
          + "Transfer-Encoding: chunked\r\n$FIELDS\r\n";
  private static final long LARGE = 1L << 32;

  /** Requests that stay open until the client leaves, where 16 may be in flight. */
  enum Kind {
    DOWNLOAD(
        12,
        16,
        "signalbox_gateway_in_flight",
        "gateway.max-in-flight",
        "GET /large.bin HTTP/1.1\r\n$HOST\r\n$FIELDS\r\n"),
    UPLOAD(
        3,
        4,
        "signalbox_gateway_streams",
        "gateway.max-in-flight",
        "PUT /api/v1/files/silent.txt HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n$FIELDS\r\n"),
    TASK_STREAM(1, 4, "signalbox_gateway_task_streams", "gateway.max-in-flight", STREAM),
    EVENT_STREAM(
        3,
        4,
        "signalbox_gateway_event_readers",
        "gateway.max-event-readers",
        "GET /api/v1/events HTTP/1.1\r\n$HOST\r\n$FIELDS\r\n"),
    PROXIED(
        12,
        16,
        "signalbox_gateway_proxied",
        "gateway.max-in-flight",
        "GET /servers/silent/ HTTP/1.1\r\n$HOST\r\n$FIELDS\r\n");

    private final int ofOne;
    private final int ofAll;
    private final String gauge;
    private final String setting;
    private final String request;

    Kind(int ofOne, int ofAll, String gauge, String setting, String request) {
      this.ofOne = ofOne;
      this.ofAll = ofAll;
      this.gauge = gauge;
      this.setting = setting;
      this.request = request;
    }
  }

  @TempDir Path directory;
  private final FakeServers servers = new FakeServers();
  private final List<RawClient> clients = new ArrayList<>();
  private ServerSocket silent;
  private GatewayFixture gateway;

  @BeforeEach
  void prepare() throws IOException {
    // Connections to it are open, but nobody answers.
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    servers.add("silent", "127.0.0.1", silent.getLocalPort());
    Path root = Files.createDirectory(directory.resolve("root"));
    try (var large = new RandomAccessFile(root.resolve("large.bin").toFile(), "rw")) {
      large.setLength(LARGE);
    }
  }

  private void start(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "file.root",
                directory.resolve("root").toString(),
                "gateway.max-in-flight",
                "16",
                "gateway.max-waiting",
                "0",
                "gateway.max-event-readers",
                "4",
                "gateway.trusted-proxies",
                "127.0.0.1"));
    all.addAll(Arrays.asList(settings));
    gateway =
        GatewayFixture.start(
            List.of(servers.service(), FileMain.SERVICE), all.toArray(String[]::new));
  }

  @AfterEach
  void stop() throws IOException {
    leave();
    gateway.close();
    silent.close();
  }

  private void leave() {
    clients.forEach(RawClient::close);
    clients.clear();
  }

  /** Begins a request, which a trusted proxy passes on for a client. */
  private RawClient open(String request, String address, String... fields) {
    StringBuilder lines = new StringBuilder("X-Forwarded-For: " + address + "\r\n");
    for (String field : fields) {
      lines.append(field).append("\r\n");
    }
    RawClient client = gateway.raw();
    clients.add(client);
    return client.send(request.replace("$FIELDS", lines));
  }

  private RawClient open(Kind kind, String address) {
    return open(kind.request, address);
  }

  private void openShare(Kind kind) {
    for (int i = 0; i < kind.ofOne; i++) {
      open(kind, GREEDY);
    }
    awaitOpen(kind, kind.ofOne);
  }

  private double inFlight(Kind kind) {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(kind.gauge + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private void awaitOpen(Kind kind, double count) {
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(inFlight(kind)).isEqualTo(count));
  }

  @ParameterizedTest
  @EnumSource
  void givenAClientWithItsShare_whenItWantsMore_thenItAloneIsRefused(Kind kind) {
    start();
    openShare(kind);

    RawClient.Response refused = open(kind, GREEDY).read();

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(refused.body()).contains(kind.setting);
    open(kind, MODEST);
    awaitOpen(kind, kind.ofOne + 1.0);
  }

  @ParameterizedTest
  @EnumSource
  void givenAClientWithItsShare_whenItHasLeft_thenItMayHaveAllOfItAgain(Kind kind) {
    start();
    openShare(kind);

    leave();
    awaitOpen(kind, 0);

    openShare(kind);
    assertThat(open(kind, GREEDY).read().status()).isEqualTo(429);
  }

  @ParameterizedTest
  @EnumSource
  void givenEveryPlaceOfAKindTaken_whenRequestsOfOtherKindsCome_thenTheyAreServed(Kind kind) {
    start();
    for (int i = 0; i < kind.ofAll; i++) {
      open(kind, "198.51.100." + i);
    }
    awaitOpen(kind, kind.ofAll);

    assertThat(open(kind, MODEST).read().status()).isEqualTo(503);
    for (Kind other : Kind.values()) {
      if (other != kind) {
        double before = inFlight(other);
        open(other, MODEST);
        awaitOpen(other, before + 1);
      }
    }
  }

  @Test
  void givenEveryStreamOfTasksOpen_whenAFileIsUploaded_thenItIsStored() {
    start();
    for (int i = 0; i < Kind.TASK_STREAM.ofAll; i++) {
      open(Kind.TASK_STREAM, "198.51.100." + i);
    }
    awaitOpen(Kind.TASK_STREAM, Kind.TASK_STREAM.ofAll);

    assertThat(open(Kind.UPLOAD, MODEST).send("12345").read().status()).isEqualTo(201);
  }

  @Test
  void givenEveryPlaceOfUploadsTaken_whenTasksAreStreamed_thenTheyAreAnswered() {
    start();
    for (int i = 0; i < Kind.UPLOAD.ofAll; i++) {
      open(Kind.UPLOAD, "198.51.100." + i);
    }
    awaitOpen(Kind.UPLOAD, Kind.UPLOAD.ofAll);

    RawClient.Response answer = open(Kind.TASK_STREAM, MODEST).send("0\r\n\r\n").read();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("summary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /api/v1/files/silent.txt HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n$FIELDS\r\n",
        "PUT /api/v1/files/silent.txt HTTP/1.1\r\n$HOST\r\nTransfer-Encoding: chunked\r\n$FIELDS\r\n",
        "POST /servers/silent/ HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n$FIELDS\r\n",
        STREAM
      })
  void givenABodyThatDoesNotCome_whenItsTimeIsUp_thenThePlaceIsFree(String request) {
    start("gateway.body-timeout", "500ms", "gateway.stream-pause", "500ms");
    RawClient client = open(request, GREEDY);

    // The gateway answers and closes the connection, or breaks off a response that has begun.
    client.readToEnd();

    for (Kind kind : List.of(Kind.UPLOAD, Kind.TASK_STREAM, Kind.PROXIED)) {
      awaitOpen(kind, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.1, one-token-0123456789, 203.0.113.2, one-token-0123456789, 429",
    "203.0.113.1, one-token-0123456789, 203.0.113.1, two-token-0123456789, 429",
    "203.0.113.1, one-token-0123456789, 203.0.113.2, two-token-0123456789, 200",
    "2001:db8::1, one-token-0123456789, 2001:db8::2, two-token-0123456789, 429",
    "2001:db8::1, one-token-0123456789, 2001:db8:0:1::1, two-token-0123456789, 200"
  })
  void givenAStreamOfAClient_whenAnotherComes_thenTheirAddressesAndTokensSayWhetherItIsTheSame(
      String address, String token, String otherAddress, String otherToken, int status) {
    start("gateway.tokens", "admin:one-token-0123456789,admin:two-token-0123456789");
    RawClient first =
        open(
            STREAM.replace("$FIELDS", "Expect: 100-continue\r\n$FIELDS"),
            address,
            "Authorization: Bearer " + token);
    // It is asked for its body when it has its place.
    assertThat(first.readHead().status()).isEqualTo(100);

    RawClient.Response answer =
        open(STREAM, otherAddress, "Authorization: Bearer " + otherToken).send("0\r\n\r\n").read();

    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void givenHttp2_whenOneConnectionCarriesManyStreams_thenTheyCountAsThoseOfOneClient()
      throws IOException {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.certificatePem());
    Path key = Files.writeString(directory.resolve("key.pem"), certificate.keyPem());
    start(
        "gateway.tls-port",
        "any",
        "gateway.tls-certificate",
        cert.toString(),
        "gateway.tls-key",
        key.toString());
    Vertx vertx = Vertx.vertx();
    try {
      HttpClientAgent client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setUseAlpn(true)
                  .setSsl(true)
                  .setTrustAll(true)
                  .setVerifyHost(false));
      begin(client).await();
      awaitOpen(Kind.TASK_STREAM, 1);

      HttpClientRequest second = begin(client).await();

      HttpClientResponse refused = second.response().await();
      assertThat(refused.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(refused.statusCode()).isEqualTo(429);
      client.close().await();
      awaitOpen(Kind.TASK_STREAM, 0);
    } finally {
      vertx.close().await();
    }
  }

  /** Sends the head of a stream of tasks. */
  private Future<HttpClientRequest> begin(HttpClientAgent client) {
    return client
        .request(HttpMethod.POST, gateway.port("tls"), "localhost", "/api/v1/tasks/stream")
        .compose(request -> {
          request.putHeader("Content-Type", "application/x-ndjson").setChunked(true);
          return request.sendHead().map(request);
        });
  }
}
