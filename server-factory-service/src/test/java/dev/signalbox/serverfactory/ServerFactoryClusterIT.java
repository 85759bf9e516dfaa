package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two members of a real cluster on one database. */
class ServerFactoryClusterIT {

  @TempDir Path data;

  private final String cluster = "test-" + UUID.randomUUID();

  @Test
  void stops_reach_the_owner_and_servers_survive_the_loss_of_theirs() {
    TestNode one = member();
    try (TestNode two = member()) {
      List<ServerInfo> servers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        // The bus deals starts out to both members.
        servers.add(start(one, "/page" + i));
      }
      assertThat(servers.stream().map(ServerInfo::node).distinct()).hasSize(2);

      // Whoever gets a stop, half of these servers are the other's.
      for (ServerInfo server : servers.subList(0, 4)) {
        two.call(ServerFactoryContract.STOP, new StopServerRequest(server.serverId()));
        assertThat(Web.listens(server.port())).isFalse();
      }
      List<ServerInfo> left = servers.subList(4, 6);

      one.close();

      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(left).allMatch(server -> Web.listens(server.port())));
      assertThat(two.call(ServerFactoryContract.LIST, new ListServersRequest()).servers())
          .extracting(ServerInfo::node)
          .hasSize(2)
          .containsOnly(ownerOfBoth(two));
    }
  }

  private static String ownerOfBoth(TestNode node) {
    return node.call(ServerFactoryContract.LIST, new ListServersRequest())
        .servers()
        .getFirst()
        .node();
  }

  private static ServerInfo start(TestNode node, String uri) {
    return ((Started)
            node.call(ServerFactoryContract.START, new StartServerRequest(0, uri, "x", null, null)))
        .server();
  }

  private TestNode member() {
    return TestNode.start(
        ServerFactoryMain.SERVICE,
        Map.of(
            "platform.data",
            data.toString(),
            "platform.cluster",
            "true",
            "platform.cluster-name",
            cluster,
            "server-factory.first-port",
            Integer.toString(Web.FIRST_PORT),
            "server-factory.last-port",
            Integer.toString(Web.LAST_PORT)));
  }
}
