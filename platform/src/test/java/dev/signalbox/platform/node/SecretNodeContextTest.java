package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.server.Server;
import java.io.IOException;
import java.lang.reflect.Proxy;
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

  private static Config config() {
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
    return config;
  }

  private static SecretProof proof() {
    return new SecretProof("a secret".getBytes(StandardCharsets.UTF_8));
  }

  private static HazelcastInstance start(Config config, SecretNodeContext context) {
    return HazelcastInstanceFactory.newHazelcastInstance(
        config, UUID.randomUUID().toString(), context);
  }

  private HazelcastInstance start() {
    return start(
        config(),
        new SecretNodeContext(proof()) {
          @Override
          Collection<Channel> accepted(Server server) {
            Collection<Channel> found = super.accepted(server);
            accepted.complete(found);
            return found;
          }
        });
  }

  /** Of a Hazelcast that keeps accepted connections where nobody looks for them. */
  private static SecretNodeContext thatFindsNothing() {
    return new SecretNodeContext(proof()) {
      @Override
      Collection<Channel> accepted(Server server) {
        return super.accepted(
            (Server)
                Proxy.newProxyInstance(
                    Server.class.getClassLoader(),
                    new Class<?>[] {Server.class},
                    (_, _, _) -> new Object()));
      }
    };
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

  @Test
  void givenAHazelcastThatKeepsConnectionsElsewhere_whenAMemberWithTheSecretComes_thenItJoins() {
    Config config = config();
    config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true);
    HazelcastInstance first = start(config, thatFindsNothing());
    try {
      int port = first.getCluster().getLocalMember().getAddress().getPort();
      Config joining = config();
      joining.setProperty("hazelcast.max.join.seconds", "10");
      joining
          .getNetworkConfig()
          .getJoin()
          .getTcpIpConfig()
          .setEnabled(true)
          .addMember("127.0.0.1:" + port);
      HazelcastInstance second = start(joining, thatFindsNothing());
      try {
        assertThat(second.getCluster().getMembers()).hasSize(2);
      } finally {
        second.getLifecycleService().terminate();
      }
    } finally {
      first.getLifecycleService().terminate();
    }
  }
}
