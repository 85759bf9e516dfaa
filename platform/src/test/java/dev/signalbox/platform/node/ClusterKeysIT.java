package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.testsupport.LongTest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members know each other by keys, and strangers stay outside. */
@LongTest
class ClusterKeysIT {

  public record Nothing(@Setting(value = "1", doc = "unused") int unused) {}

  private static final Operation<Empty, Empty> KNOCK =
      Operation.repeatable("door.knock", Empty.class, Empty.class, Duration.ofSeconds(5));

  @TempDir private Path directory;

  private final String cluster = "keys-" + UUID.randomUUID();
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(node -> {
      try {
        node.stop().await(20, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static ClusterKeysMaker.Made make(Path keys, int days) throws InterruptedException {
    return ClusterKeysMaker.make(keys, keys.resolve(ClusterKeysMaker.AUTHORITY_KEY), days);
  }

  private Path keys(String name) throws InterruptedException {
    Path keys = directory.resolve(name);
    make(keys, 30);
    return keys;
  }

  private static ServiceDefinition<Nothing> door(boolean open) {
    return new ServiceDefinition<>(
        "door-service",
        "door",
        Nothing.class,
        (_, given) ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                ServiceEndpoint endpoint = given.endpoint(8);
                if (open) {
                  endpoint.serve(KNOCK, (_, _) -> Future.succeededFuture(Empty.EMPTY));
                }
                return endpoint.open();
              }
            });
  }

  private Node start(boolean open, int port, String keys) throws Exception {
    Node node =
        Node.start(
                ConfigSource.of(
                    null,
                    Map.of(),
                    Map.of(
                        "platform.cluster",
                        "true",
                        "platform.cluster-name",
                        cluster,
                        "platform.cluster-port",
                        Integer.toString(port),
                        "platform.cluster-keys",
                        keys,
                        "platform.data",
                        directory.resolve("data-" + nodes.size()).toString())),
                List.of(door(open)))
            .await(60, TimeUnit.SECONDS);
    nodes.add(node);
    return node;
  }

  private static Future<Empty> knock(Node node) {
    return node.bus().call(KNOCK, Empty.EMPTY, Call.within(Duration.ofSeconds(5)));
  }

  private static void awaitAnswer(Node node) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> knock(node).await(10, TimeUnit.SECONDS).equals(Empty.EMPTY));
  }

  private static void assertNobodyThere(Node node) {
    assertThatThrownBy(() -> knock(node).await(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // A row of twenty is tried from here on.
      return Math.min(socket.getLocalPort(), 65_000);
    }
  }

  @Test
  void membersWithTheKeysFindEachOther() throws Exception {
    int port = freePort();
    String keys = keys("keys").toString();
    start(true, port, keys);
    Node caller = start(false, port, keys);

    awaitAnswer(caller);
  }

  @Test
  void aProcessWithoutTheKeysStaysAlone() throws Exception {
    int port = freePort();
    Node member = start(true, port, keys("keys").toString());
    Node stranger = start(false, port, "");
    Node other = start(false, port, keys("other").toString());

    assertNobodyThere(stranger);
    assertNobodyThere(other);
    awaitAnswer(member);
  }

  @Test
  void whatAStrangerSendsEndsItsConnectionAndNothingElse() throws Exception {
    int port = freePort();
    String keys = keys("keys").toString();
    start(true, port, keys);
    Node caller = start(false, port, keys);
    awaitAnswer(caller);

    for (byte first : new byte[] {0, 'H', 0x7f}) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(20_000);
        flood(socket, first);
        assertThat(readToEnd(socket)).as("it is told nothing but a challenge").isLessThan(128);
      }
    }

    awaitAnswer(caller);
  }

  private static void flood(Socket socket, byte content) {
    byte[] block = new byte[65_536];
    java.util.Arrays.fill(block, content);
    try {
      OutputStream out = socket.getOutputStream();
      for (int i = 0; i < 64; i++) {
        out.write(block);
      }
    } catch (IOException closedMeanwhile) {
      // As it should be.
    }
  }

  private static int readToEnd(Socket socket) {
    int count = 0;
    try {
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {
        count++;
      }
    } catch (IOException reset) {
      // An end as well.
    }
    return count;
  }

  @Test
  void keysAreRenewedWithoutARestart() throws Exception {
    int port = freePort();
    Path keys = keys("keys");
    Node first = start(true, port, keys.toString());
    ClusterKeysWatch.start(first.vertx(), ClusterKeys.in(keys), first.connections(), 50);
    X509Certificate before = certificate(keys);

    assertThat(make(keys, 60)).isEqualTo(ClusterKeysMaker.Made.RENEWED);

    assertThat(certificate(keys)).isNotEqualTo(before);
    // One that has only the new certificate and one that began with the old know each other.
    Node second = start(false, port, keys.toString());
    awaitAnswer(second);
  }

  private static NetServer echo(Node node) throws Exception {
    NetServer server =
        node.connections()
            .server(new NetServerOptions())
            .connectHandler(socket -> socket.handler(socket::write));
    return server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
  }

  private static NetSocket connect(NetClient client, NetServer server) throws Exception {
    return client.connect(server.actualPort(), "127.0.0.1").await(10, TimeUnit.SECONDS);
  }

  private static String echoed(NetSocket socket) throws Exception {
    Promise<String> reply = Promise.promise();
    socket.handler(data -> reply.tryComplete(data.toString()));
    socket.closeHandler(_ -> reply.tryFail("closed"));
    socket.exceptionHandler(reply::tryFail);
    socket.write("knock");
    return reply.future().await(10, TimeUnit.SECONDS);
  }

  @Test
  void connectionsBesideTheBusAskForTheKeysToo() throws Exception {
    String keys = keys("keys").toString();
    Node first = start(true, freePort(), keys);
    Node stranger = start(false, freePort(), keys("other").toString());
    NetServer server = echo(first);

    assertThat(first.connections().host()).isEqualTo("127.0.0.1");
    assertThat(echoed(connect(first.connections().client(new NetClientOptions()), server)))
        .isEqualTo("knock");
    NetClient other = stranger.connections().client(new NetClientOptions());
    assertThatThrownBy(() -> echoed(connect(other, server))).isNotNull();
    NetClient plain = first.vertx().createNetClient();
    assertThatThrownBy(() -> echoed(connect(plain, server))).isNotNull();
    NetClient nameless =
        first
            .vertx()
            .createNetClient(
                new NetClientOptions()
                    .setSsl(true)
                    .setTrustAll(true)
                    .setHostnameVerificationAlgorithm(""));
    assertThatThrownBy(() -> echoed(connect(nameless, server))).isNotNull();
  }

  @Test
  void connectionsBesideTheBusUseRenewedKeys() throws Exception {
    Path keys = keys("keys");
    Node node = start(true, freePort(), keys.toString());
    ClusterKeysWatch.start(node.vertx(), ClusterKeys.in(keys), node.connections(), 50);
    List<X509Certificate> ofClients = new CopyOnWriteArrayList<>();
    NetServer server =
        node.connections()
            .server(new NetServerOptions())
            .connectHandler(socket -> ofClients.add(peer(socket)))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    NetClient client = node.connections().client(new NetClientOptions());
    connect(client, server);

    make(keys, 60);

    X509Certificate renewed = certificate(keys);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> peer(connect(client, server)).equals(renewed));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          connect(client, server);
          return ofClients.contains(renewed);
        });
  }

  private static X509Certificate peer(NetSocket socket) {
    try {
      return (X509Certificate) socket.sslSession().getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(Path keys) throws Exception {
    try (InputStream in = Files.newInputStream(keys.resolve(ClusterKeys.CERTIFICATE))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void theKeysAreNobodyElsesToRead() throws Exception {
    Path keys = keys("keys");

    try (var files = Files.list(keys)) {
      assertThat(files)
          .extracting(path -> path.getFileName().toString())
          .containsExactlyInAnyOrder("ca.pem", "node.pem", "node-key.pem", "secret", "ca-key.p12");
    }
    try (var files = Files.list(keys)) {
      assertThat(files)
          .allSatisfy(path ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                  .isEqualTo("rw-------"));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rwx------");
  }

  @Test
  void keysThatAreNotThereAreNamed() {
    assertThatThrownBy(() -> start(true, freePort(), directory.resolve("nowhere").toString()))
        .hasMessageContaining("platform.cluster-keys")
        .hasMessageContaining("ca.pem");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Path keys = keys("keys");
    Files.copy(
        keys("other").resolve(ClusterKeys.KEY),
        keys.resolve(ClusterKeys.KEY),
        StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> start(true, freePort(), keys.toString()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(
            "node-key.pem and node.pem must be a private key and its certificate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.pem", "node.pem", "node-key.pem"})
  void keysThatAreBrokenAreNamedAndNotRepeated(String name) throws Exception {
    Path keys = keys("keys");
    Files.writeString(
        keys.resolve(name), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");

    assertThatThrownBy(() -> start(true, freePort(), keys.toString()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("platform.cluster-keys")
        .hasMessageContaining(name)
        .hasMessageNotContaining("c2VjcmV0")
        .hasNoCause();
  }
}
