package dev.signalbox.gateway.files;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.gateway.files.DistantFiles.Sending;
import dev.signalbox.testsupport.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Large files of another process that come over a connection each. */
class FileStreamsTest {

  private static final int HALF = DistantFiles.SIZE / 2;

  /** The whole range, then the end of the connection. */
  private static final Sending WHOLE = (socket, range) -> socket.end(range);

  /** The whole range; the connection stays open. */
  private static final Sending KEPT = (socket, range) -> socket.write(range);

  @TempDir private Path directory;
  private final DistantFiles files = new DistantFiles();
  private GatewayFixture gateway;

  private void start(Sending how, String... settings) {
    files.sendBy(how);
    List<String> all =
        new ArrayList<>(List.of("gateway.stall-timeout", "1s", "files.cache-bytes", "0"));
    all.addAll(List.of(settings));
    gateway = GatewayFixture.start(List.of(files.service()), all.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static void sendForever(NetSocket socket, Buffer range) {
    socket.write(range).onSuccess(_ -> sendForever(socket, range));
  }

  private Reply get(String... headers) {
    return gateway.send("main", "GET", "/distant.bin", null, headers);
  }

  private void assertNothingIsLeft() {
    await()
        .untilAsserted(() -> {
          assertThat(files.connections()).isZero();
          assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_in_flight 0.0");
        });
  }

  @Test
  void givenALargeFile_whenGot_thenEveryByteComesOverAConnectionAndNoneOverTheBus() {
    start(WHOLE);

    Reply reply = get();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.http().body()).isEqualTo(files.content());
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(DistantFiles.SIZE));
    assertThat(files.bytesRead()).isZero();
    assertNothingIsLeft();
  }

  @Test
  void givenARange_whenGot_thenItIsWhatIsAskedFor() {
    start(WHOLE);

    Reply reply = get("Range", "bytes=300001-2300000");

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.header("Content-Range"))
        .isEqualTo("bytes 300001-2300000/" + DistantFiles.SIZE);
    assertThat(reply.http().body())
        .isEqualTo(Arrays.copyOfRange(files.content(), 300_001, 2_300_001));
    assertThat(files.bytesRead()).isZero();
  }

  @Test
  void givenLittleOrSeveralRangesOrHead_whenAsked_thenNoTicketIsMade() {
    start(WHOLE);

    get("Range", "bytes=0-99999");
    get("Range", "bytes=0-1199999,1300000-2999999");
    Reply head = gateway.send("main", "HEAD", "/distant.bin", null);

    assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(DistantFiles.SIZE));
    assertThat(files.tickets()).isZero();
  }

  @Test
  void givenAConnectionThatEndsAtOnce_whenGot_thenTheFileIsPulled() {
    start((socket, _) -> socket.close());

    assertThat(get().http().body()).isEqualTo(files.content());
    assertThat(files.bytesRead()).isEqualTo(DistantFiles.SIZE);
  }

  @Test
  void givenAConnectionThatStaysOpen_whenFilesAreGot_thenItCarriesThemAll() {
    start(KEPT);

    for (int i = 0; i < 5; i++) {
      assertThat(get().http().body()).isEqualTo(files.content());
      assertThat(get("Range", "bytes=300001-2300000").http().body())
          .isEqualTo(Arrays.copyOfRange(files.content(), 300_001, 2_300_001));
    }

    assertThat(files.connectionsMade()).isEqualTo(1);
    assertThat(files.bytesRead()).isZero();
  }

  @Test
  void givenAKeptConnectionThatItsOtherSideCloses_whenAnotherFileIsGot_thenANewOneCarriesIt() {
    AtomicInteger sent = new AtomicInteger();
    start((socket, range) -> {
      if (sent.incrementAndGet() == 2) {
        socket.close();
      } else {
        socket.write(range);
      }
    });

    for (int i = 0; i < 3; i++) {
      assertThat(get().http().body()).isEqualTo(files.content());
    }

    assertThat(files.connectionsMade()).isEqualTo(2);
    assertThat(files.bytesRead()).isZero();
  }

  /** Its other side is paused, or was cut off without a word. */
  @Test
  void givenKeptConnectionsThatAreDead_whenFilesAreGot_thenNewOnesCarryThemSoon() throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    AtomicInteger silent = new AtomicInteger();
    Set<NetSocket> before = ConcurrentHashMap.newKeySet();
    Sending sending =
        (socket, range) -> {
          if (!dead.get()) {
            before.add(socket);
          } else if (before.contains(socket)) {
            silent.incrementAndGet();
            return;
          }
          socket.write(range);
        };
    start(sending, "platform.threads", "1");
    getAtOnce(4);
    dead.set(true);

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        // Silence of a connection in use is borne for ten seconds.
        assertThat(threads.submit((Callable<Reply>) this::get).get(9, SECONDS).http().body())
            .isEqualTo(files.content());
      }
    }

    // The first one that is silent is enough: the others have the same other side.
    assertThat(silent).hasValue(1);
    assertThat(files.bytesRead()).isZero();
  }

  /** So that there are as many connections. */
  private void getAtOnce(int count) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var got : threads.invokeAll(Collections.nCopies(count, (Callable<Reply>) this::get))) {
        assertThat(got.get().http().body()).isEqualTo(files.content());
      }
    }
  }

  @Test
  void givenANewConnectionThatIsSlow_whenAFileIsGot_thenItIsNotGivenUpAsAKeptOneIs() {
    start((socket, range) ->
        Vertx.currentContext().owner().setTimer(2_000, _ -> socket.write(range)));

    assertThat(get().http().body()).isEqualTo(files.content());

    assertThat(files.connectionsMade()).isEqualTo(1);
    assertThat(files.bytesRead()).isZero();
  }

  @Test
  void givenAKeptConnectionThatSaysWhatItWasNotAsked_whenHeard_thenItIsClosed() {
    AtomicReference<NetSocket> kept = new AtomicReference<>();
    start((socket, range) -> {
      socket.write(range);
      kept.set(socket);
    });
    assertThat(get().http().body()).isEqualTo(files.content());

    kept.get().write("more");

    assertNothingIsLeft();
  }

  @Test
  void givenKeptConnections_whenTheGatewayStops_thenTheyAreClosed() {
    start(KEPT);
    get();

    gateway.close();

    await().until(() -> files.connections() == 0);
  }

  @Test
  void givenAFailure_whenGotAgain_thenItIsPulledWithoutAnotherTicket() {
    start((socket, _) -> socket.close());
    get();

    assertThat(get().http().body()).isEqualTo(files.content());
    assertThat(files.tickets()).isEqualTo(1);
  }

  @Test
  void givenAConnectionThatBreaksInTheMiddle_whenGot_thenTheRestIsPulled() {
    start((socket, range) -> socket.end(range.slice(0, HALF)));

    assertThat(get().http().body()).isEqualTo(files.content());
    assertThat(files.bytesRead()).isEqualTo(DistantFiles.SIZE - HALF);
    assertNothingIsLeft();
  }

  @Test
  void givenABreakAndAnotherVersion_whenGot_thenTheResponseEndsShort() {
    start((socket, range) -> {
      files.changedForTheNext(1_000);
      socket.end(range.slice(0, HALF));
    });
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\nConnection: keep-alive\r\n\r\n");

      RawClient.Response response = client.read();

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body().length()).isLessThanOrEqualTo(HALF);
      assertThat(client.closedByServer()).isTrue();
    }
    assertNothingIsLeft();
  }

  @Test
  void givenMoreThanAskedFor_whenGot_thenTheClientGetsTheFileAllTheSame() {
    start((socket, range) -> socket.end(Buffer.buffer().appendBuffer(range).appendString("more")));

    assertThat(get().http().body()).isEqualTo(files.content());
  }

  @Test
  void givenAChangedFileBeforeTheFirstByte_whenGot_thenTheClientIsToldToComeBack() {
    files.changedFrom(0);
    start(WHOLE);

    Reply reply = get();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).contains("changing");
  }

  @Test
  void givenAFileFoundBefore_whenItChanged_thenTheClientIsToldToComeBack() {
    start(WHOLE, "files.cache-bytes", "1000000");
    get();
    files.changedFrom(0);

    Reply reply = get();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).contains("changing");
  }

  @Test
  void givenAClientThatLeaves_whenGone_thenItsConnectionIsClosed() {
    files.endless();
    start((socket, range) -> socket.write(range));
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\n\r\n").readSome(100_000);
      assertThat(files.connections()).isEqualTo(1);
    }

    assertNothingIsLeft();
  }

  @Test
  void givenAClientThatTakesNothing_whenTheTimeIsUp_thenItIsCutOffAndItsConnectionIsClosed() {
    files.endless();
    start(FileStreamsTest::sendForever);
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\n\r\n");
      await().until(() -> files.connections() == 1);

      // Nothing is read from the socket, so only the server can end this.
      assertNothingIsLeft();
    }
  }

  @Test
  void givenASlowClientAndABreak_whenItGoesOn_thenEveryByteIsThere() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    start(
        (socket, range) ->
            socket.end(range.slice(0, DistantFiles.SIZE - 10)).onComplete(_ -> ended.set(true)),
        "gateway.stall-timeout",
        "20s");
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.port("main") + "/distant.bin"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient();
        var body = client.send(request, BodyHandlers.ofInputStream()).body()) {
      byte[] first = body.readNBytes(100);
      await().untilTrue(ended);

      byte[] rest = body.readAllBytes();

      assertThat(first).isEqualTo(Arrays.copyOf(files.content(), 100));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(files.content(), 100, DistantFiles.SIZE));
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void givenAClientOverTls_whenGot_thenEveryByteIsThere(HttpClient.Version version)
      throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Path cert = Files.writeString(directory.resolve("cert.pem"), certificate.certificatePem());
    Path key = Files.writeString(directory.resolve("key.pem"), certificate.keyPem());
    start(
        WHOLE,
        "gateway.tls-port",
        "any",
        "gateway.tls-certificate",
        cert.toString(),
        "gateway.tls-key",
        key.toString());
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("https://localhost:" + gateway.port("tls") + "/distant.bin"))
            .timeout(Duration.ofSeconds(20))
            .build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(version)
            .sslContext(certificate.trustingContext())
            .build()) {
      HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());

      assertThat(response.version()).isEqualTo(version);
      assertThat(response.body()).isEqualTo(files.content());
      assertThat(files.bytesRead()).isZero();
    }
  }
}
