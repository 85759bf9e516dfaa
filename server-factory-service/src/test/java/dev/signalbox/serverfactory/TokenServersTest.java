package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Requester;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.contracts.serverfactory.StartServerReply.Refused;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many servers a token may have at once. */
class TokenServersTest {

  private static final Requester CI = new Requester("ci", 2);
  private static final Refused BEYOND =
      new Refused(Reason.LIMIT, "The token ci may have 2 servers at once", false);

  @TempDir Path data;

  private static StartServerRequest wish(@Nullable Requester token, String page) {
    return wish(token, page, null);
  }

  private static StartServerRequest wish(
      @Nullable Requester token, String page, @Nullable String key) {
    return new StartServerRequest(0, page, "x", key, null).by(token);
  }

  private static StartServerReply start(Instance instance, StartServerRequest request) {
    return TestNode.await(instance.startLater(request));
  }

  private static ServerInfo started(Instance instance, StartServerRequest request) {
    return ((Started) start(instance, request)).server();
  }

  @Test
  void givenATokenWithALimit_whenItIsReached_thenOneMoreIsRefusedUntilOneIsStopped() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo first = started(one, wish(CI, "/a"));
      started(one, wish(CI, "/b"));

      assertThat(first.createdBy()).isEqualTo("ci");
      assertThat(start(one, wish(CI, "/c"))).isEqualTo(BEYOND);

      one.stop(first.serverId());
      assertThat(start(one, wish(CI, "/c"))).isInstanceOf(Started.class);
    }
  }

  @Test
  void givenALimitThatIsReached_whenOthersStartServers_thenTheyMay() {
    try (Instance one = Instance.of("one", data)) {
      started(one, wish(CI, "/a"));
      started(one, wish(CI, "/b"));

      assertThat(started(one, wish(new Requester("bob", 1), "/c")).createdBy()).isEqualTo("bob");
      assertThat(started(one, wish(new Requester("free", 0), "/d")).createdBy()).isEqualTo("free");
      assertThat(started(one, wish(null, "/e")).createdBy()).isNull();
    }
  }

  @Test
  void givenServersOfAToken_whenItsLimitIsLoweredOrRaised_thenTheyStayAndTheNewLimitHolds() {
    try (Instance one = Instance.of("one", data)) {
      started(one, wish(CI, "/a"));
      started(one, wish(CI, "/b"));

      assertThat(start(one, wish(new Requester("ci", 1), "/c"))).isInstanceOf(Refused.class);
      assertThat(start(one, wish(new Requester("ci", 3), "/c"))).isInstanceOf(Started.class);
    }
  }

  @Test
  void givenTwoInstancesOfOneDatabase_whenOneTokenStartsManyAtOnce_thenTheLimitHoldsOverBoth() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      List<Future<StartServerReply>> starts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        starts.add(one.startLater(wish(CI, "/one" + i)));
        starts.add(two.startLater(wish(CI, "/two" + i)));
      }
      List<StartServerReply> replies = starts.stream().map(TestNode::await).toList();

      assertThat(replies).filteredOn(Started.class::isInstance).hasSize(2);
      assertThat(replies).filteredOn(BEYOND::equals).hasSize(6);
    }
  }

  @Test
  void givenTheLimitOfAll_whenATokenHasRoom_thenThatOfAllHoldsFirst() {
    try (Instance one = Instance.of("one", data)) {
      for (int i = 0; i < 10; i++) {
        started(one, wish(null, "/all" + i));
      }

      assertThat(start(one, wish(CI, "/a")))
          .isEqualTo(new Refused(Reason.LIMIT, "Cannot create more than 10 servers", false));
    }
  }

  @Test
  void givenAnIdempotencyKey_whenTheRequestIsRepeatedAtTheLimit_thenTheFirstReplyIsRepeated() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo first = started(one, wish(CI, "/a", "key-1"));
      started(one, wish(CI, "/b"));

      assertThat(start(one, wish(CI, "/a", "key-1"))).isEqualTo(new Started(first, true));
    }
  }

  @Test
  void givenTheTaskAndAToken_whenItStartsServers_thenTheyCountAndTheListSaysWhoMadeThem(
      @TempDir Path kept) {
    Map<String, String> settings =
        Map.of(
            "platform.data",
            kept.toString(),
            "server-factory.first-port",
            Integer.toString(Web.FIRST_PORT),
            "server-factory.last-port",
            Integer.toString(Web.LAST_PORT));
    Requester token = new Requester("ci", 1);
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, settings)) {
      TaskReply first = node.call(ServerFactoryContract.START_TASK, task(token, "/a"));
      assertThat(first).isInstanceOf(TaskReply.Finished.class);
    }

    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, settings)) {
      assertThat(node.call(ServerFactoryContract.START_TASK, task(token, "/b")))
          .isEqualTo(
              new TaskReply.Failed(
                  new TaskError(
                      "LIMIT_REACHED",
                      "The token ci may have 1 servers at once",
                      null,
                      null,
                      false)));
      List<ServerInfo> servers =
          node.call(ServerFactoryContract.LIST, new ListServersRequest()).servers();
      assertThat(servers).extracting(ServerInfo::createdBy).containsExactly("ci");
      node.call(ServerFactoryContract.STOP, new StopServerRequest(servers.getFirst().serverId()));
    }
  }

  private static TaskRequest task(Requester token, String page) {
    return new TaskRequest("start_http_server", Map.of("page_uri", page), token);
  }
}
