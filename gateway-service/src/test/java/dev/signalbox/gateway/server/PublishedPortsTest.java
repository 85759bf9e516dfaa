package dev.signalbox.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Owners listen on 127.0.0.2, the gateway on 127.0.0.1, at the same ports. */
class PublishedPortsTest {

  private static final String OWNER = "127.0.0.2";
  private static final String NEXT_OWNER = "127.0.0.3";
  private static final int LARGE = 16 << 20;

  private final FakeServers servers = new FakeServers();
  private GatewayFixture gateway;
  private int port;

  @BeforeEach
  void start() throws IOException {
    port = freePort();
    gateway = gateway();
  }

  private GatewayFixture gateway(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "gateway.publish-servers", "true", "gateway.published-ports", port + "-" + port));
    all.addAll(List.of(settings));
    return GatewayFixture.start(List.of(servers.service()), all.toArray(String[]::new));
  }

  /** A port below those that the system gives to connections. */
  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket own = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"));
          ServerSocket owner = new ServerSocket(port, 1, InetAddress.ofLiteral(OWNER))) {
        return own.getLocalPort() == owner.getLocalPort() ? port : -1;
      } catch (IOException e) {
        // Taken; another one.
      }
    }
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** A server that is published when this returns. */
  private ServerInfo publish() {
    ServerInfo server = servers.add("a", OWNER, port);
    Reply created = gateway.post("/api/v1/servers", "{\"page_uri\":\"/\",\"port\":" + port + "}");
    assertThat(created.status()).isEqualTo(201);
    return server;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends back what it receives, to the end. */
  private static void echo(Socket client) throws IOException {
    client.getInputStream().transferTo(client.getOutputStream());
    client.shutdownOutput();
  }

  @Test
  void givenANewServer_whenItIsCreated_thenItIsReachedAtItsPort() throws IOException {
    try (ScriptedServer server = ScriptedServer.on(OWNER, port, PublishedPortsTest::echo)) {
      publish();

      try (Socket client = connect()) {
        client.getOutputStream().write("hello".getBytes(UTF_8));
        client.shutdownOutput();

        assertThat(client.getInputStream().readAllBytes()).isEqualTo("hello".getBytes(UTF_8));
      }
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenAServerOfThePublishedRange_whenItIsShown_thenItsUrlIsThatOfTheGateway() {
    servers.add("a", OWNER, port);

    assertThat(gateway.get("/api/v1/servers").json().at("/items/0/url").asText())
        .isEqualTo("http://127.0.0.1:" + port + "/");
    assertThat(gateway.get("/active_servers").json().at("/active_servers/0/host").asText())
        .isEqualTo("127.0.0.1");
  }

  @Test
  void givenMuchDataBothWays_whenItIsForwarded_thenItIsWhole() throws Exception {
    byte[] data = new byte[LARGE];
    new Random(1).nextBytes(data);
    try (ScriptedServer server = ScriptedServer.on(OWNER, port, PublishedPortsTest::echo)) {
      publish();
      try (Socket client = connect()) {
        CompletableFuture<Void> sent =
            CompletableFuture.runAsync(() -> {
              try {
                client.getOutputStream().write(data);
                client.shutdownOutput();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });

        assertThat(client.getInputStream().readAllBytes()).isEqualTo(data);
        sent.get(20, TimeUnit.SECONDS);
      }
      assertThat(server.left).isNotDone();
    }
  }

  @Test
  void givenTheServerEndsItsSideFirst_whenTheClientStillSends_thenTheServerGetsIt()
      throws Exception {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    try (ScriptedServer server =
        ScriptedServer.on(
            OWNER,
            port,
            client -> {
              client.shutdownOutput();
              received.complete(client.getInputStream().readAllBytes());
            })) {
      publish();
      try (Socket client = connect()) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);

        client.getOutputStream().write("late".getBytes(UTF_8));
        client.shutdownOutput();

        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo("late".getBytes(UTF_8));
      }
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenTheOwnerResets_whenTheClientReads_thenItsConnectionIsReset() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.on(
            OWNER,
            port,
            client -> {
              client.getInputStream().read();
              client.setSoLinger(true, 0);
            })) {
      publish();
      try (Socket client = connect()) {
        client.getOutputStream().write('x');

        InputStream in = client.getInputStream();
        assertThatThrownBy(in::read)
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
      }
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenTheClientResets_whenTheOwnerReads_thenItsConnectionIsReset() throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    try (ScriptedServer server =
        ScriptedServer.on(
            OWNER,
            port,
            client -> {
              client.getOutputStream().write('x');
              try {
                ended.complete("read " + client.getInputStream().read());
              } catch (SocketException e) {
                ended.complete(String.valueOf(e.getMessage()));
              }
            })) {
      publish();
      try (Socket client = connect()) {
        assertThat(client.getInputStream().read()).isEqualTo('x');
        client.setSoLinger(true, 0);
      }

      assertThat(ended.get(20, TimeUnit.SECONDS)).contains("reset");
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenAServerWithTls_whenItIsReached_thenItsOwnCertificateIsSeen() throws Exception {
    TestCertificate own = TestCertificate.selfSigned("owner.test", 10, "dns:owner.test");
    try (ServerSocket listening =
        own.context()
            .getServerSocketFactory()
            .createServerSocket(port, 5, InetAddress.ofLiteral(OWNER))) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket client = listening.accept()) {
              client.getOutputStream().write('x');
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      publish();

      try (Socket plain = connect();
          SSLSocket client =
              (SSLSocket)
                  own.trustingContext()
                      .getSocketFactory()
                      .createSocket(plain, "owner.test", port, true)) {
        assertThat(client.getInputStream().read()).isEqualTo('x');
        assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=owner.test");
      }
    }
  }

  @Test
  void givenAnotherOwner_whenAClientConnectsAgain_thenItReachesThatOne() throws IOException {
    ScriptedServer first =
        ScriptedServer.on(OWNER, port, client -> client.getOutputStream().write(1));
    publish();
    try (Socket client = connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(1);
    }
    first.stop();
    servers.move("a", NEXT_OWNER, port);

    try (ScriptedServer next =
            ScriptedServer.on(NEXT_OWNER, port, client -> client.getOutputStream().write(2));
        Socket client = connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(2);
      assertThat(next.port()).isEqualTo(port);
    }
  }

  @Test
  void givenNoOwner_whenAClientConnects_thenItIsReset() throws IOException {
    publish();

    try (Socket client = connect()) {
      InputStream in = client.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void givenAServerThatIsDeleted_whenAClientConnects_thenItIsRefused() throws IOException {
    ServerInfo server = publish();
    connect().close();

    servers.delete(server);

    await()
        .untilAsserted(
            () -> assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class));
  }

  @Test
  void givenTheEventOfANewServer_whenItArrives_thenItsPortIsPublished() {
    servers.announce(servers.add("a", OWNER, port));

    await().ignoreExceptions().untilAsserted(() -> connect().close());
  }

  @Test
  void givenAnotherServerAtThePort_whenTheEventOfTheFirstsEndComesLate_thenThePortStaysPublished()
      throws IOException {
    ServerInfo first = publish();
    servers.delete(first);
    ServerInfo second = servers.add("b", OWNER, port);
    Reply created = gateway.post("/api/v1/servers", "{\"page_uri\":\"/\",\"port\":" + port + "}");
    assertThat(created.json().get("server_id").asText()).isEqualTo("b");

    servers.delete(first);
    servers.announce(second);

    try (ScriptedServer server = ScriptedServer.on(OWNER, port, PublishedPortsTest::echo);
        Socket client = connect()) {
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenAServerThatWasThereBefore_whenTheGatewayStarts_thenItsPortIsPublished()
      throws IOException {
    gateway.close();
    servers.add("a", OWNER, port);
    gateway = gateway();

    connect().close();
  }

  @Test
  void givenAsManyConnectionsAsAllowed_whenOneMoreComes_thenItIsReset() throws IOException {
    gateway.close();
    gateway = gateway("gateway.max-published-connections", "1");
    try (ScriptedServer server =
        ScriptedServer.on(
            OWNER,
            port,
            client -> {
              client.getOutputStream().write('x');
              client.getInputStream().read();
            })) {
      publish();
      try (Socket first = connect()) {
        assertThat(first.getInputStream().read()).isEqualTo('x');

        assertThatThrownBy(
                () -> {
                  try (Socket second = connect()) {
                    assertThat(second.getInputStream().read()).isEqualTo('x');
                  }
                })
            .isInstanceOf(SocketException.class);
      }
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenASilentConnection_whenTheServerTimeoutIsOver_thenItCloses() throws Exception {
    gateway.close();
    gateway = gateway("gateway.server-timeout", "1s");
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    try (ScriptedServer server =
        ScriptedServer.on(OWNER, port, client -> ended.complete(client.getInputStream().read()))) {
      publish();
      try (Socket client = connect()) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }

      assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
      assertThat(server.port()).isEqualTo(port);
    }
  }

  @Test
  void givenAPortThatIsTaken_whenItsServerIsCreated_thenTheGatewayGoesOn() throws IOException {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      publish();

      assertThat(taken.isBound()).isTrue();
      assertThat(gateway.get("/health/live").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void givenAnOwnerAtTheGatewaysOwnAddress_whenItMoves_thenTheGatewayDoesNotTakeItsPort(String host)
      throws IOException {
    servers.add("a", host, port);
    gateway.post("/api/v1/servers", "{\"page_uri\":\"/\",\"port\":" + port + "}");

    try (ServerSocket owner = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThat(owner.isBound()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "50000-50049, 50000, true",
    "50000-50049, 50049, true",
    "50000-50049, 50050, false",
    "1024-1024, 1024, true"
  })
  void givenARange_whenAPortIsLookedUp_thenItIsInsideOrNot(String range, int one, boolean inside) {
    assertThat(PublishedRange.parse(range).contains(one)).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "50000", "80-90", "50049-50000", "50000-70000", "20000-30000", "a-b", "-1-5"})
  void givenNoRange_whenItIsRead_thenItIsRefused(String text) {
    assertThatThrownBy(() -> PublishedRange.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
