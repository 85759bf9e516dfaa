package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ClearServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.CountServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest;
import dev.signalbox.contracts.serverfactory.ResetScenariosRequest;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsRequest;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestNode;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of a real cluster on one database. */
@LongTest
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

  @Test
  void givenAServerOfOneMember_whenAnyMemberIsAsked_thenTheOwnerAnswers() {
    try (TestNode one = member();
        TestNode two = member()) {
      List<ServerInfo> servers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        servers.add(start(one, new StartServerRequest(0, "", "", null, answering("old", "s" + i))));
      }
      assertThat(servers.stream().map(ServerInfo::node).distinct()).hasSize(2);
      for (ServerInfo server : servers) {
        assertThat(Web.get(server.port(), "/x").body()).isEqualTo("old");
        String name = String.valueOf(server.name());

        assertThat(
                two.call(
                        ServerFactoryContract.LIST_REQUESTS,
                        new ListServerRequestsRequest(name, 0, 10, ALL))
                    .requests())
            .extracting(ServerRequest::target)
            .containsExactly("/x");
        assertThat(two.call(ServerFactoryContract.STATS, new ServerStatsRequest(name)).requests())
            .isEqualTo(1);
        two.call(
            ServerFactoryContract.REPLACE_ROUTES,
            new ReplaceRoutesRequest(name, "[{\"match\":{},\"response\":{\"body\":\"new\"}}]"));
        assertThat(Web.get(server.port(), "/x").body()).isEqualTo("new");
        assertThat(
                two.call(
                        ServerFactoryContract.COUNT_REQUESTS,
                        new CountServerRequestsRequest(name, ALL))
                    .count())
            .isEqualTo(2);
        two.call(ServerFactoryContract.CLEAR_REQUESTS, new ClearServerRequestsRequest(name));
        two.call(ServerFactoryContract.RESET_SCENARIOS, new ResetScenariosRequest(name));
        assertThat(
                one.call(
                        ServerFactoryContract.COUNT_REQUESTS,
                        new CountServerRequestsRequest(server.serverId(), ALL))
                    .count())
            .isZero();
      }
    }
  }

  @Test
  void givenAServerThatExpires_whenItsTimeIsOver_thenOneEventTellsIt() {
    try (TestNode one = member();
        TestNode two = member()) {
      Queue<ServerChanged> events = new ConcurrentLinkedQueue<>();
      TestNode.await(two.bus().subscribe(ServerFactoryContract.CHANGED, events::add));

      ServerInfo server =
          start(
              one,
              new StartServerRequest(
                  0, "/brief", "x", null, "{\"name\":\"brief\",\"expires_in_s\":1}"));

      await()
          .untilAsserted(() ->
              assertThat(two.call(ServerFactoryContract.LIST, new ListServersRequest()).servers())
                  .isEmpty());
      await()
          .untilAsserted(() ->
              assertThat(events)
                  .extracting(ServerChanged::what)
                  .containsExactly("created", "deleted"));
      assertThat(events).extracting(ServerChanged::server).containsOnly(server);
    }
  }

  @Test
  void givenManyCreationsAtOnce_whenAMemberIsKilled_thenEachServerIsThereOnceAndAnswers()
      throws Exception {
    Map<String, String> storage = new HashMap<>();
    TestPostgres.freshDatabase()
        .settings()
        .forEach((key, value) -> storage.put("storage." + key, value));
    Set<String> owners = new HashSet<>();
    try (TestNode one = member(data.resolve("one"), storage);
        TestNode two = member(data.resolve("two"), storage);
        Member third = process(storage)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            // The bus deals starts out to all members that it knows.
            ServerInfo server = start(one, "/probe");
            owners.add(server.node());
            one.call(ServerFactoryContract.STOP, new StopServerRequest(server.serverId()));
            assertThat(owners).hasSize(3);
          });
      List<Future<StartServerReply>> replies = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String name = i % 4 == 0 ? "\"name\":\"n" + i % 16 + "\"," : "";
        String page = i % 3 == 0 ? "/page" + i % 9 : "";
        replies.add(
            (i % 2 == 0 ? one : two)
                .bus()
                .call(
                    ServerFactoryContract.START,
                    new StartServerRequest(0, page, "", "key-" + i, "{" + name + ROUTES + "}"),
                    Call.within(Duration.ofSeconds(20))));
        if (i == 50) {
          TestNode.await(Future.any(replies));
          third.kill();
        }
      }
      TestNode.await(Future.join(replies).otherwiseEmpty());

      // Servers of the third come back when its lease is over.
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(UncheckedIOException.class)
          .untilAsserted(() -> {
            List<ServerInfo> servers =
                two.call(ServerFactoryContract.LIST, new ListServersRequest()).servers();
            assertThat(servers).hasSizeBetween(1, 10);
            assertThat(servers).extracting(ServerInfo::serverId).doesNotHaveDuplicates();
            assertThat(servers).extracting(ServerInfo::port).doesNotHaveDuplicates();
            assertThat(servers)
                .extracting(ServerInfo::pageUri)
                .filteredOn(uri -> !uri.isEmpty())
                .doesNotHaveDuplicates();
            assertThat(servers)
                .allSatisfy(
                    server -> assertThat(Web.get(server.port(), "/x").body()).isEqualTo("a"));
          });
    }
  }

  /** A member in a process of its own. */
  private record Member(Process process) implements AutoCloseable {

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private Member process(Map<String, String> storage) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ServerFactoryMain.class.getName());
    settings(data.resolve("killed"), storage)
        .forEach((key, value) -> command.add("--" + key + "=" + value));
    return new Member(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("killed.log").toFile())
            .start());
  }

  private static final ServerRequestFilter ALL =
      new ServerRequestFilter(null, null, null, null, null, false, null);

  private static final String ROUTES =
      "\"routes\":[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\"a\"}}]";

  private static String answering(String text, String name) {
    return "{\"name\":\""
        + name
        + "\",\"routes\":[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\""
        + text
        + "\"}}]}";
  }

  private static String ownerOfBoth(TestNode node) {
    return node.call(ServerFactoryContract.LIST, new ListServersRequest())
        .servers()
        .getFirst()
        .node();
  }

  private static ServerInfo start(TestNode node, String uri) {
    return start(node, new StartServerRequest(0, uri, "x", null, null));
  }

  private static ServerInfo start(TestNode node, StartServerRequest request) {
    return ((Started) node.call(ServerFactoryContract.START, request)).server();
  }

  private TestNode member() {
    return member(data, Map.of());
  }

  private TestNode member(Path directory, Map<String, String> storage) {
    return TestNode.start(ServerFactoryMain.SERVICE, settings(directory, storage));
  }

  private Map<String, String> settings(Path directory, Map<String, String> storage) {
    Map<String, String> settings = new HashMap<>(storage);
    settings.put("platform.data", directory.toString());
    settings.put("platform.cluster", "true");
    settings.put("platform.cluster-name", cluster);
    settings.put("server-factory.first-port", Integer.toString(Web.FIRST_PORT));
    settings.put("server-factory.last-port", Integer.toString(Web.LAST_PORT));
    return settings;
  }
}
