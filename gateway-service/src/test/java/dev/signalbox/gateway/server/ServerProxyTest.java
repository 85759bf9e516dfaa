package dev.signalbox.gateway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.TestCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** {@code /servers/{id}/**}: servers on demand through the gateway. */
class ServerProxyTest {

  private static final FakeServers SERVERS = new FakeServers();
  private static final AtomicInteger IDS = new AtomicInteger();
  private static final int LARGE = 8 << 20;

  @TempDir private static Path files;
  private static GatewayFixture gateway;
  private static GatewayFixture impatient;

  @BeforeAll
  static void start() throws IOException {
    TestCertificate certificate = certificate();
    Files.writeString(files.resolve("cert.pem"), certificate.certificatePem());
    Files.writeString(files.resolve("key.pem"), certificate.keyPem());
    gateway =
        GatewayFixture.start(
            List.of(SERVERS.service()),
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            files.resolve("cert.pem").toString(),
            "gateway.tls-key",
            files.resolve("key.pem").toString());
    impatient = GatewayFixture.start(List.of(SERVERS.service()), "gateway.server-timeout", "1s");
    trusted = certificate;
  }

  private static TestCertificate trusted;

  private static TestCertificate certificate() {
    return TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    impatient.close();
  }

  private static String serve(ScriptedServer server) {
    String id = "server-" + IDS.incrementAndGet();
    SERVERS.add(id, "127.0.0.1", server.port());
    return "/servers/" + id;
  }

  /** Answers the first request with a text. */
  private static ScriptedServer.Script answering(String response) {
    return client -> {
      readHead(client);
      ScriptedServer.write(client, response);
    };
  }

  private static String readHead(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = client.getInputStream();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed");
      }
      head.append((char) c);
    }
    return head.toString();
  }

  /** Answers with the head and the length of the body that it received. */
  private static void echo(Socket client) throws IOException {
    String head = readHead(client);
    String lower = head.toLowerCase(Locale.ROOT);
    long body = 0;
    InputStream in = client.getInputStream();
    if (lower.contains("transfer-encoding: chunked")) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        in.skipNBytes(size + 2);
        body += size;
      }
      in.skipNBytes(2);
    } else if (lower.contains("content-length: ")) {
      int at = lower.indexOf("content-length: ") + "content-length: ".length();
      body = Long.parseLong(lower.substring(at, lower.indexOf("\r\n", at)));
      in.skipNBytes(body);
    }
    String text = head + "BODY " + body;
    ScriptedServer.write(
        client,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
            + text.length()
            + "\r\n\r\n"
            + text);
  }

  private static int chunk(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      line.append((char) c);
    }
    return Integer.parseInt(line.toString().strip(), 16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"})
  void givenAMethod_whenItIsSent_thenTheServerGetsItWithThePathAsItWasSent(String method) {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo)) {
      Reply reply = gateway.send("main", method, serve(server) + "/a%2Fb/%7e?q=%20&q", null);

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).startsWith(method + " /a%2Fb/%7e?q=%20&q HTTP/1.1\r\n");
    }
  }

  @Test
  void givenNoSlashBehindTheId_whenItIsAsked_thenTheClientIsSentThere() {
    Reply reply = gateway.get("/servers/a?q");

    assertThat(reply.status()).isEqualTo(308);
    assertThat(reply.header("location")).isEqualTo("/servers/a/?q");
  }

  @Test
  void givenAConnectionThatClosedMeanwhile_whenTheNextRequestUsesIt_thenItIsSentAgain() {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          ScriptedServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
          readHead(client); // Closes instead of an answer.
        })) {
      String path = serve(server);
      for (int i = 0; i < 4; i++) {
        assertThat(gateway.get(path + "/").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void givenAServerThatAnnouncesItsClose_whenTheNextRequestMayNotBeRepeated_thenItIsSentAnew() {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo)) {
      String path = serve(server);
      for (int i = 0; i < 4; i++) {
        assertThat(gateway.send("main", "POST", path + "/", "body").body()).endsWith("BODY 4");
      }
    }
  }

  @Test
  void givenAServerThatDoesNotTakeABody_whenTheServerTimeoutIsOver_thenItIs504() {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          new CompletableFuture<Void>().orTimeout(10, TimeUnit.SECONDS).join();
        })) {
      assertThat(impatient.sendBytes("main", "POST", serve(server) + "/", new byte[LARGE]).status())
          .isEqualTo(504);
    }
  }

  @Test
  void givenARequest_whenItIsPassedOn_thenItSaysWhereItCameFromAndKeepsItsHost() {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo)) {
      String path = serve(server);

      String head =
          gateway
              .send(
                  "main",
                  "GET",
                  path + "/x",
                  null,
                  "X-Forwarded-For",
                  "192.0.2.1",
                  "Forwarded",
                  "for=192.0.2.1",
                  "X-Real-IP",
                  "192.0.2.1",
                  "Client-Cert",
                  ":AAAA:",
                  "Client-Cert-Chain",
                  ":AAAA:",
                  "X-Forwarded-Client-Cert",
                  "Hash=aa",
                  "TE",
                  "gzip")
              .body()
              .toLowerCase(Locale.ROOT);

      assertThat(head)
          .contains(
              "host: 127.0.0.1:" + gateway.port("main") + "\r\n",
              "x-forwarded-for: 127.0.0.1\r\n",
              "x-forwarded-proto: http\r\n",
              "x-forwarded-prefix: " + path + "\r\n")
          .doesNotContain("\r\nte:", "192.0.2.1", "client-cert");
    }
  }

  @Test
  void givenALargeBodyOfKnownLength_whenItIsSent_thenTheServerGetsAllOfIt() {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo)) {
      Reply reply = gateway.sendBytes("main", "POST", serve(server) + "/", new byte[LARGE]);

      assertThat(reply.body()).contains("ontent-").endsWith("BODY " + LARGE);
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1", "HTTP_2"})
  void givenALargeBodyOfUnknownLength_whenItIsSent_thenTheServerGetsAllOfIt(
      HttpClient.Version version) throws Exception {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo);
        HttpClient client =
            HttpClient.newBuilder()
                .version(version)
                .sslContext(trusted.trustingContext())
                .build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "https://localhost:" + gateway.port("tls") + serve(server) + "/up"))
                  .header("Content-Encoding", "x-own")
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(new byte[LARGE])))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(response.body())
          .contains("X-Forwarded-Proto: https", "x-own", "ost: localhost:" + gateway.port("tls"))
          .endsWith("BODY " + LARGE);
    }
  }

  @Test
  void givenAResponseThatIsWrittenWhole_whenItsClientReadsLater_thenItCountsUntilThen() {
    int length = 40_000;
    Vertx vertx = Vertx.vertx();
    try (ScriptedServer server =
        ScriptedServer.of(
            answering(
                "HTTP/1.1 200 OK\r\nContent-Length: "
                    + length
                    + "\r\n\r\n"
                    + "x".repeat(length)))) {
      var client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setUseAlpn(true)
                  .setSsl(true)
                  .setTrustAll(true)
                  .setVerifyHost(false)
                  .setInitialSettings(new Http2Settings().setInitialWindowSize(1)));
      HttpClientResponse response =
          client
              .request(HttpMethod.GET, gateway.port("tls"), "localhost", serve(server) + "/")
              .compose(request -> request.send().onSuccess(HttpClientResponse::pause))
              .await();
      // The gateway has written all of it soon.
      await().during(Duration.ofMillis(500)).until(() -> proxiedUnread() == length);

      Future<Buffer> body = response.body(); // Before any of it comes.
      response.resume();
      assertThat(body.await().length()).isEqualTo(length);
      await().until(() -> proxiedUnread() == 0);
      client.close().await();
    } finally {
      vertx.close().await();
    }
  }

  private static double proxiedUnread() {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("signalbox_gateway_proxied_unread_bytes "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  /** Whether the end of the connection comes while the gateway waits for its client is chance. */
  @RepeatedTest(20)
  void givenALargeResponseAndTheEndOfTheConnection_whenItIsRead_thenItIsWhole() {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          ScriptedServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
          client.getOutputStream().write(new byte[LARGE]);
          client.getOutputStream().flush();
        })) {
      assertThat(gateway.get(serve(server) + "/").body()).hasSize(LARGE);
    }
  }

  @Test
  void givenAResponse_whenItIsPassedOn_thenItsHeadersAreAsTheServerSentThem() {
    try (ScriptedServer server =
        ScriptedServer.of(
            answering(
                "HTTP/1.1 418 Teapot\r\nServer: own\r\nX-A: 1\r\nX-A: 2\r\nCache-Control: public\r\n"
                    + "Expires: 0\r\nDate: never\r\nContent-Type: text/html\r\n"
                    + "Content-Security-Policy: default-src 'self'\r\nX-Request-Id: own\r\n"
                    + "Location: /next\r\nContent-Length: 2\r\n\r\nhi"))) {
      String path = serve(server);

      Reply reply = gateway.get(path + "/");

      assertThat(reply.status()).isEqualTo(418);
      assertThat(reply.body()).isEqualTo("hi");
      assertThat(reply.http().headers().map())
          .containsEntry("server", List.of("own"))
          .containsEntry("x-a", List.of("1", "2"))
          .containsEntry("cache-control", List.of("public"))
          .containsEntry("expires", List.of("0"))
          .containsEntry("location", List.of(path + "/next"));
      assertThat(reply.header("x-request-id")).isNotEqualTo("own");
      assertThat(reply.http().headers().allValues("content-security-policy"))
          .hasSize(2)
          .anyMatch(policy -> policy.startsWith("sandbox"));
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
  void givenAResponseWithoutABody_whenItIsPassedOn_thenTheConnectionGoesOn(
      String method, int status) {
    try (ScriptedServer server =
            ScriptedServer.of(
                answering(
                    "HTTP/1.1 "
                        + status
                        + " X\r\nX-Own: 1\r\n"
                        + (status == 204 ? "" : "Content-Length: 5\r\n")
                        + "\r\n"));
        RawClient client = gateway.raw()) {
      client.send(method + " " + serve(server) + "/ HTTP/1.1\r\n$HOST\r\n\r\n");

      RawClient.Response response = client.readHead();

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.header("x-own")).isEqualTo("1");
      assertThat(response.header("content-length")).isEqualTo(status == 204 ? "" : "5");
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void givenAClientOfHttp10_whenTheLengthIsUnknown_thenTheEndOfTheConnectionTellsIt() {
    try (ScriptedServer server =
            ScriptedServer.of(
                answering(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));
        RawClient client = gateway.raw()) {
      client.send("GET " + serve(server) + "/ HTTP/1.0\r\n$HOST\r\n\r\n");

      assertThat(client.readToEnd()).endsWith("\r\n\r\nhi").doesNotContain("chunked");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 502",
    "'\u0001\u0002 garbage\r\n\r\n', 502",
    "'SSH-2.0-OpenSSH\r\n', 502",
    "'HTTP/1.1 200 OK\r\nContent-Len', 502",
    "'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi', 502",
    "'HTTP/1.1 200 OK\r\nX-A: \u0001\r\nContent-Length: 0\r\n\r\n', 502",
    "'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi', 502",
    "HUGE, 502",
    "SILENT, 504",
    "RESET, 502"
  })
  void givenAServerThatBreaksHttp_whenItIsAsked_thenTheErrorIsAProblem(
      String response, int status) {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          switch (response) {
            case "RESET" -> client.setSoLinger(true, 0);
            case "SILENT" -> readHead(client);
            case "HUGE" ->
                ScriptedServer.write(
                    client, "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(200_000) + "\r\n\r\n");
            default -> ScriptedServer.write(client, response);
          }
        })) {
      Reply reply = (status == 504 ? impatient : gateway).get(serve(server) + "/");

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
      assertThat(reply.json().get("code").asText())
          .isEqualTo(status == 504 ? "TIMEOUT" : "BAD_GATEWAY");
    }
  }

  @Test
  void givenAServerThatClosesOnPurpose_whenItIsAsked_thenItSeesTheRequestOnce() {
    AtomicInteger seen = new AtomicInteger();
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          seen.incrementAndGet();
        })) {
      assertThat(gateway.get(serve(server) + "/").status()).isEqualTo(502);
      assertThat(seen).hasValue(1);
    }
  }

  @Test
  void givenAServerThatClosesInTheBody_whenItIsRead_thenTheClientSeesThatBytesAreMissing() {
    try (ScriptedServer server =
            ScriptedServer.of(answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
        RawClient client = gateway.raw()) {
      client.send("GET " + serve(server) + "/ HTTP/1.1\r\n$HOST\r\n\r\n");

      assertThat(client.readToEnd()).endsWith("\r\n\r\nhalf");
    }
  }

  @Test
  void givenAClientThatLeaves_whenTheServerStillAnswers_thenTheServersConnectionCloses()
      throws Exception {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          ScriptedServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          readHead(client); // Ends when the gateway closes the connection.
        })) {
      try (RawClient client = gateway.raw()) {
        client.send("GET " + serve(server) + "/ HTTP/1.1\r\n$HOST\r\n\r\n");
        client.readSome(20);
      }

      server.left.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void givenClientsThatLeaveAndServersThatReset_whenTheyDo_thenNoErrorIsLogged() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.list = new CopyOnWriteArrayList<>();
    log.start();
    Logger vertx = (Logger) LoggerFactory.getLogger("io.vertx");
    vertx.addAppender(log);
    CountDownLatch asked = new CountDownLatch(1);
    try (ScriptedServer silent =
            ScriptedServer.of(client -> {
              readHead(client);
              asked.countDown();
              readHead(client); // Ends when the gateway closes the connection.
            });
        ScriptedServer resetting =
            ScriptedServer.of(client -> {
              readHead(client);
              client.setSoLinger(true, 0);
            })) {
      try (RawClient client = gateway.raw()) {
        client.send("GET " + serve(silent) + "/ HTTP/1.1\r\n$HOST\r\n\r\n");
        asked.await(20, TimeUnit.SECONDS);
      }
      silent.left.get(20, TimeUnit.SECONDS);

      assertThat(gateway.get(serve(resetting) + "/").status()).isEqualTo(502);

      assertThat(log.list).filteredOn(event -> event.getLevel() == Level.ERROR).isEmpty();
    } finally {
      vertx.detachAppender(log);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"//servers/%s", "//servers/%s/x", "/./servers/%s/x"})
  void givenAPathThatNamesAServerOnlyWhenNormalized_whenItIsAsked_thenItIsThatOfAFile(String path) {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo);
        RawClient client = gateway.raw()) {
      String id = serve(server).substring("/servers/".length());

      client.send("GET " + path.formatted(id) + " HTTP/1.1\r\n$HOST\r\n\r\n");

      RawClient.Response reply = client.read();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.body()).contains("file-service");
    }
  }

  @Test
  void givenNoSuchServer_whenItIsAsked_thenItIs404() {
    Reply reply = gateway.get("/servers/no-such/x");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.json().get("code").asText()).isEqualTo("NOT_FOUND");
  }

  @Test
  void givenAWebSocket_whenItIsAskedFor_thenItIsRefused() {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo);
        RawClient client = gateway.raw()) {
      client.send(
          "GET "
              + serve(server)
              + "/ HTTP/1.1\r\n$HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(501);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void givenAnOwnerThatIsGone_whenAnotherTakesOver_thenTheRequestReachesIt(String method) {
    try (ScriptedServer old = ScriptedServer.of(ServerProxyTest::echo);
        ScriptedServer next = ScriptedServer.of(ServerProxyTest::echo)) {
      String path = serve(old);
      assertThat(gateway.get(path + "/").status()).isEqualTo(200);
      old.stop();
      SERVERS.move(path.substring("/servers/".length()), "127.0.0.1", next.port());

      assertThat(gateway.send("main", method, path + "/x", "body").body()).contains("BODY 4");
    }
  }

  @Test
  void givenAnOwnerThatDiesBeforeItAnswers_whenTheRequestMayBeRepeated_thenTheNextOneAnswers() {
    try (ScriptedServer next = ScriptedServer.of(ServerProxyTest::echo)) {
      ScriptedServer[] dying = new ScriptedServer[1];
      String[] id = new String[1];
      dying[0] =
          ScriptedServer.of(client -> {
            readHead(client);
            dying[0].stop();
            SERVERS.move(id[0], "127.0.0.1", next.port());
          });
      String path = serve(dying[0]);
      id[0] = path.substring("/servers/".length());

      assertThat(gateway.get(path + "/x").body()).startsWith("GET /x");
    }
  }

  @Test
  void givenAnOwnerThatDiesBeforeItAnswers_whenTheRequestMayNotBeRepeated_thenItIs502() {
    ScriptedServer[] dying = new ScriptedServer[1];
    dying[0] =
        ScriptedServer.of(client -> {
          readHead(client);
          dying[0].stop();
        });

    assertThat(gateway.send("main", "POST", serve(dying[0]) + "/x", "").status()).isEqualTo(502);
  }

  @Test
  void givenAServerWithTls_whenItIsAskedByName_thenItAnswers() throws Exception {
    TestCertificate own = certificate();
    try (ScriptedServer server = ScriptedServer.tls(own.context(), ServerProxyTest::echo)) {
      SERVERS.addTls("tls-1", "127.0.0.1", server.port());

      assertThat(gateway.get("/servers/name-of-tls-1/x").body()).startsWith("GET /x");
    }
  }

  @Test
  void givenAPageOfAnotherOrigin_whenItChangesSomething_thenItIsRefused() {
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo)) {
      assertThat(
              gateway
                  .send("main", "POST", serve(server) + "/", "x", "Origin", "https://evil.example")
                  .status())
          .isEqualTo(403);
    }
  }

  @Test
  void givenTokens_whenServersAreAsked_thenMethodsNeedTheirRoleAndTheTokenStaysHere() {
    FakeServers servers = new FakeServers();
    try (ScriptedServer server = ScriptedServer.of(ServerProxyTest::echo);
        GatewayFixture guarded =
            GatewayFixture.start(
                List.of(servers.service()),
                "gateway.tokens",
                "reader:reader-of-the-test,operator:operator-of-the-test")) {
      servers.add("a", "127.0.0.1", server.port());
      String[] reader = {"Authorization", "Bearer reader-of-the-test"};
      String[] operator = {"Authorization", "Bearer operator-of-the-test"};

      assertThat(guarded.get("/servers/a/").status()).isEqualTo(401);
      assertThat(guarded.send("main", "POST", "/servers/a/", "", reader).status()).isEqualTo(403);
      assertThat(guarded.send("main", "PROPFIND", "/servers/a/", "", reader).status())
          .isEqualTo(403);
      assertThat(guarded.send("main", "GET", "/servers/a/", null, reader).body())
          .startsWith("GET / ")
          .doesNotContain("-of-the-test");
      assertThat(guarded.send("main", "POST", "/servers/a/", "", operator).status()).isEqualTo(200);
    }
  }

  @Test
  void givenAServerThatDribbles_whenItEndsInTime_thenTheResponseIsWhole() {
    try (ScriptedServer server =
        ScriptedServer.of(client -> {
          readHead(client);
          ScriptedServer.write(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (char c = 'a'; c <= 'z'; c++) {
            ScriptedServer.write(client, "1\r\n" + c + "\r\n");
          }
          ScriptedServer.write(client, "0\r\n\r\n");
        })) {
      assertThat(gateway.get(serve(server) + "/").body().getBytes(ISO_8859_1)).hasSize(26);
    }
  }
}
