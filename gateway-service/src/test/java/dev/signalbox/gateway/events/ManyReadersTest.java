package dev.signalbox.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestPrograms;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.internal.VertxInternal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The feed with many readers, few that misbehave, and other clients than an EventSource. */
@Timeout(120) // heartbeats would keep a reader waiting for ever
class ManyReadersTest {

  @TempDir Path files;
  private GatewayFixture gateway;
  private final List<RawClient> clients = new ArrayList<>();

  private void start(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "gateway.max-event-readers",
                "2000",
                "gateway.max-connections-per-client",
                "20000",
                "gateway.event-heartbeat",
                "1s"));
    all.addAll(List.of(settings));
    gateway = GatewayFixture.start(all.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    clients.forEach(RawClient::close);
    if (gateway != null) {
      gateway.close();
    }
  }

  private void publish(String uri) {
    gateway
        .node()
        .bus()
        .publish(
            ServerFactoryContract.CHANGED,
            new ServerChanged("created", new ServerInfo("id", 1, uri, "node", "host", 0)));
  }

  private RawClient reader() {
    RawClient client =
        gateway.raw().send("GET /api/v1/events?topics=servers HTTP/1.1\r\n$HOST\r\n\r\n");
    clients.add(client);
    assertThat(client.readChunkAfterHead()).isEqualTo("retry: 2000\n\n");
    until(client, "id: ");
    return client;
  }

  private static String until(RawClient client, String... words) {
    StringBuilder text = new StringBuilder();
    while (Arrays.stream(words).noneMatch(word -> text.indexOf(word) >= 0)) {
      text.append(client.readChunk());
    }
    return text.toString();
  }

  /** The numbers of the events in a text, as this test gave them to their page. */
  private static List<Integer> numbers(String text) {
    return text.lines()
        .filter(line -> line.startsWith("data: ") && line.contains("\"page_uri\":\"/n"))
        .map(line -> line.replaceAll(".*\"page_uri\":\"/n(\\d+)/.*", "$1"))
        .map(Integer::valueOf)
        .toList();
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private void awaitReaders(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body())
                .contains("signalbox_gateway_event_readers " + count + ".0"));
  }

  @Test
  void givenAThousandReaders_whenEventsCome_thenEachGetsEveryOneInOrder() {
    start("gateway.max-requests-per-client", "2000");
    for (int i = 0; i < 1_000; i++) {
      reader();
    }

    for (int i = 0; i < 100; i++) {
      publish("/n" + i + "/");
    }

    for (RawClient client : clients) {
      assertThat(numbers(until(client, "/n99/"))).isEqualTo(upTo(100));
    }
  }

  @Test
  void givenReadersThatDoNotRead_whenManyEventsCome_thenTheyAreCutAndMemoryStays() {
    start("gateway.event-reader-bytes", "65536");
    RawClient good = reader();
    for (int i = 0; i < 20; i++) {
      reader();
    }
    long before = heapAfterCollection();
    String filler = "/" + "x".repeat(8_000);

    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      publish("/n" + i + filler + "/");
      if (i % 4 == 3) {
        got.addAll(numbers(until(good, "/n" + i + "/")));
      }
    }

    assertThat(got).isEqualTo(upTo(2_000));
    awaitReaders(1);
    // All that was not read is 320 MB.
    assertThat(heapAfterCollection() - before).isLessThan(64L << 20);
  }

  /** Bytes that the gateway holds for what readers have not read. */
  private long memoryHeld() {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("signalbox_gateway_event_memory_bytes "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private void awaitNoMemoryHeld() {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(memoryHeld()).isZero());
  }

  @Test
  void givenReadersThatDoNotRead_whenTheMemoryOfAllIsUsedUp_thenTheyAreCutAndWhoReadsGetsAll() {
    // Each alone stays within its bound.
    start("gateway.event-reader-bytes", "16777216", "gateway.event-memory-bytes", "33554432");
    RawClient good = reader();
    for (int i = 0; i < 20; i++) {
      reader();
    }
    String filler = "/" + "x".repeat(8_000);

    List<Integer> got = new ArrayList<>();
    long most = 0;
    for (int i = 0; i < 2_000; i++) {
      publish("/n" + i + filler + "/");
      if (i % 4 == 3) {
        got.addAll(numbers(until(good, "/n" + i + "/")));
      }
      if (i % 50 == 0) {
        most = Math.max(most, memoryHeld());
      }
    }

    assertThat(got).isEqualTo(upTo(2_000));
    assertThat(most).isBetween(8L << 20, 32L << 20);
    clients.removeFirst();
    clients.forEach(RawClient::close);
    clients.clear();
    clients.add(good);
    awaitReaders(1);
    awaitNoMemoryHeld();
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void givenABlockedEventLoop_whenMoreEventsComeThanTheHistoryHolds_thenItsReadersAreTold()
      throws Exception {
    start("gateway.event-history", "5");
    for (int i = 0; i < 32; i++) {
      reader(); // enough for every event loop
    }
    CountDownLatch release = new CountDownLatch(1);
    blockEventLoops(release);
    for (int i = 0; i < 100; i++) {
      publish("/n" + i + "/");
    }
    release.countDown();

    List<String> texts = new ArrayList<>();
    for (RawClient client : clients) {
      StringBuilder text = new StringBuilder();
      while (text.indexOf("event: reset\n") < 0 && text.indexOf("/n99/") < 0) {
        text.append(client.readChunk());
      }
      texts.add(text.toString());
    }

    // The event loop that publishes them does nothing in between.
    assertThat(texts).anyMatch(text -> text.contains("event: reset\ndata: {\"from\":\""));
    assertThat(texts)
        .allMatch(text -> text.contains("event: reset\n") || numbers(text).equals(upTo(100)));
    publish("/n100/");
    // Who is still behind is told so once more.
    clients.forEach(client -> until(client, "/n100/", "event: reset\n"));
  }

  private void blockEventLoops(CountDownLatch release) throws InterruptedException {
    VertxInternal vertx = (VertxInternal) gateway.node().vertx();
    List<EventExecutor> loops = new ArrayList<>();
    vertx.nettyEventLoopGroup().forEach(loops::add);
    CountDownLatch blocked = new CountDownLatch(loops.size());
    for (EventExecutor loop : loops) {
      loop.execute(() -> {
        blocked.countDown();
        // Not by waiting, which would be found to block them.
        while (release.getCount() > 0) {
          Thread.onSpinWait();
        }
      });
    }
    blocked.await();
  }

  @Test
  void givenTenThousandReaders_whenTheyHaveComeAndGone_thenNothingIsLeftOfThem() {
    start();
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 100; i++) {
        clients.add(
            gateway.raw().send("GET /api/v1/events?topics=servers HTTP/1.1\r\n$HOST\r\n\r\n"));
      }
      if (round % 2 == 0) {
        // The other half leaves before its answer.
        clients.forEach(client -> assertThat(client.readChunkAfterHead()).startsWith("retry:"));
      }
      clients.forEach(RawClient::close);
      clients.clear();
      if (round % 5 == 4) {
        awaitReaders(0);
      }
    }

    awaitReaders(0);
    RawClient client = reader();
    publish("/n0/");
    assertThat(numbers(until(client, "/n0/"))).containsExactly(0);
  }

  @Test
  void givenAClientWithAllItsRequestsOpen_whenItAsksForEvents_thenItGets429UntilOneEnds() {
    start("gateway.max-requests-per-client", "3");
    for (int i = 0; i < 3; i++) {
      reader();
    }

    RawClient.Response refused;
    try (RawClient client = gateway.raw()) {
      refused = client.get("/api/v1/events");
    }
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isNotEmpty();

    clients.removeFirst().close();
    awaitReaders(2);
    reader();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics=",
        "topics=,",
        "topics=servers,",
        "topics=SERVERS",
        "topics=%20servers",
        "topics=servers%00",
        "topics=servers&topics=tasks",
        "topic=servers"
      })
  void givenTopicsThatAreNone_whenOpened_thenTheAnswerIs400(String query) {
    start();

    var reply = gateway.get("/api/v1/events?" + query);

    assertThat(reply.status()).isEqualTo(400);
    awaitReaders(0);
  }

  @Test
  void givenHead_whenAskedOften_thenItIsAnsweredWithoutABodyAndHoldsNoPlace() {
    start("gateway.max-event-readers", "2");
    try (RawClient client = gateway.raw()) {
      for (int i = 0; i < 10; i++) {
        var response = client.send("HEAD /api/v1/events HTTP/1.1\r\n$HOST\r\n\r\n").readHead();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("text/event-stream");
      }
    }
    awaitReaders(0);
  }

  @Test
  void givenHttp2_whenEventsCome_thenTheyAreReadFromOneConnectionOfManyStreams() throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Path cert = Files.writeString(files.resolve("cert.pem"), certificate.certificatePem());
    Path key = Files.writeString(files.resolve("key.pem"), certificate.keyPem());
    start(
        "gateway.tls-port",
        "any",
        "gateway.tls-certificate",
        cert.toString(),
        "gateway.tls-key",
        key.toString());
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(certificate.trustingContext())
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://localhost:" + gateway.port("tls") + "/api/v1/events?topics=servers"))
            .timeout(Duration.ofSeconds(20))
            .build();
    try {
      List<BufferedReader> streams = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        streams.add(
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
      }
      awaitReaders(10);

      publish("/n0/");
      publish("/n1/");

      for (BufferedReader stream : streams) {
        assertThat(numbers(linesUntil(stream, "/n1/"))).containsExactly(0, 1);
      }
    } finally {
      client.shutdownNow();
    }
    awaitReaders(0);
  }

  private static String linesUntil(BufferedReader stream, String word) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(word) < 0) {
      String line = stream.readLine();
      if (line == null) {
        throw new IOException("ended after " + text);
      }
      text.append(line).append('\n');
    }
    return text.toString();
  }

  @Test
  void givenCurl_whenEventsCome_thenItPrintsThemAtOnce() throws Exception {
    String program = TestPrograms.require("curl");
    start();
    Process curl =
        new ProcessBuilder(
                program,
                "-sN",
                "-m",
                "20",
                "http://127.0.0.1:" + gateway.port("main") + "/api/v1/events?topics=servers")
            .start();
    try (BufferedReader output = curl.inputReader()) {
      awaitReaders(1);

      publish("/n0/");

      assertThat(numbers(linesUntil(output, "/n0/"))).containsExactly(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      curl.destroyForcibly();
    }
    awaitReaders(0);
  }
}
