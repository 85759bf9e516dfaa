package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.server.Server;
import com.hazelcast.internal.server.tcp.LocalAddressRegistry;
import com.hazelcast.internal.server.tcp.ServerSocketRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SecretNodeContextTest {

  private static final int STRANGERS = 200;

  private final CompletableFuture<Collection<Channel>> accepted = new CompletableFuture<>();

  private HazelcastInstance start() {
    Config config = new Config().setLiteMember(true);
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "none"); // A stack trace of each stranger.
    config.setProperty("hazelcast.socket.bind.any", "false");
    NetworkConfig network = config.getNetworkConfig().setPort(0);
    network.getInterfaces().setEnabled(true).setInterfaces(List.of("127.0.0.1"));
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.setSocketInterceptorConfig(
        new SocketInterceptorConfig().setEnabled(true).setClassName(SecretProof.class.getName()));
    SecretProof proof = new SecretProof("a secret".getBytes(StandardCharsets.UTF_8));
    return HazelcastInstanceFactory.newHazelcastInstance(
        config,
        UUID.randomUUID().toString(),
        new SecretNodeContext(proof) {
          @Override
          public Server createServer(
              Node node, ServerSocketRegistry registry, LocalAddressRegistry addresses) {
            Server server = super.createServer(node, registry, addresses);
            accepted.complete(accepted(server));
            return server;
          }
        });
  }

  private static int readToEnd(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (IOException reset) {
      return 0;
    }
  }

  @Test
  void givenManyConnections_whenTheyAreRefused_thenTheyDoNotStayInMemory() throws Exception {
    HazelcastInstance member = start();
    try {
      int port = member.getCluster().getLocalMember().getAddress().getPort();
      for (int i = 0; i < STRANGERS; i++) {
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
          stranger.setSoTimeout(20_000);
          stranger.shutdownOutput();
          assertThat(readToEnd(stranger)).isZero();
        }
      }

      // The last ones go with the next.
      assertThat(accepted.join()).hasSizeLessThan(STRANGERS / 4);
    } finally {
      member.getLifecycleService().terminate();
    }
  }
}
