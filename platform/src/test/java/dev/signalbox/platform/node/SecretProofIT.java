package dev.signalbox.platform.node;

import dev.signalbox.platform.config.ConfigSource;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strangers at the port of membership keep no member out. */
class SecretProofIT {

  private static final int STRANGERS = 32;

  @TempDir private Path directory;

  private final String cluster = "proof-" + UUID.randomUUID();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Stranger> strangers = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  /** Sends a byte a second without knowing the secret, and comes back whenever it is closed. */
  private static final class Stranger {

    private final int port;
    private Socket socket;

    Stranger(int port) throws IOException {
      this.port = port;
      this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    }

    void drip() {
      try {
        socket.getOutputStream().write(0);
      } catch (IOException closed) {
        comeBack();
      }
    }

    private void comeBack() {
      try {
        socket.close();
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
      } catch (IOException refused) {
        // Once more at the next second.
      }
    }

    void close() throws IOException {
      socket.close();
    }
  }

  @AfterEach
  void stop() throws Exception {
    clock.shutdownNow();
    clock.awaitTermination(20, TimeUnit.SECONDS);
    for (Stranger stranger : strangers) {
      stranger.close();
    }
    for (Node node : nodes) {
      node.stop().await(20, TimeUnit.SECONDS);
    }
  }

  private Node start(int port, Path keys) throws Exception {
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
                        keys.toString(),
                        "platform.data",
                        directory.resolve("data-" + nodes.size()).toString())),
                List.of())
            .await(60, TimeUnit.SECONDS);
    nodes.add(node);
    return node;
  }

  private static int members(Node node) {
    return ((VertxInternal) node.vertx()).clusterManager().getNodes().size();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // A row of twenty is tried from here on.
      return Math.min(socket.getLocalPort(), 65_000);
    }
  }

  @Test
  void givenStrangersThatDripAndComeBack_whenAMemberWithTheKeysStarts_thenItJoins()
      throws Exception {
    int port = freePort();
    Path keys = directory.resolve("keys");
    ClusterKeysMaker.make(keys, keys.resolve(ClusterKeysMaker.AUTHORITY_KEY), 30);
    Node first = start(port, keys);
    for (int i = 0; i < STRANGERS; i++) {
      strangers.add(new Stranger(port));
    }
    clock.scheduleAtFixedRate(() -> strangers.forEach(Stranger::drip), 0, 1, TimeUnit.SECONDS);

    Node second = start(port, keys);

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> members(first) == 2 && members(second) == 2);
  }
}
