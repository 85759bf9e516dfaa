package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.contracts.serverfactory.StartServerReply.Refused;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFactoryTest {

  @TempDir Path data;

  @Test
  void a_server_answers_its_page_and_nothing_else() {
    try (Instance one = Instance.of("one", data)) {
      int port = one.started(0, "/test").port();

      assertThat(Web.get(port, "/test").statusCode()).isEqualTo(200);
      assertThat(Web.get(port, "/test").body()).isEqualTo("page /test");
      assertThat(Web.get(port, "/test?x=y").statusCode()).isEqualTo(200);
      assertThat(Web.get(port, "/%74est").statusCode()).isEqualTo(200);
      assertThat(Web.get(port, "/").statusCode()).isEqualTo(404);
      assertThat(Web.get(port, "/test/").statusCode()).isEqualTo(404);
      assertThat(Web.send("HEAD", port, "/test").statusCode()).isEqualTo(200);
      assertThat(Web.send("POST", port, "/test").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void html_is_shown_as_html_and_text_as_text() {
    assertThat(new Page("/", "<!DOCTYPE html><p>x").contentType()).startsWith("text/html");
    assertThat(new Page("/", " \n<h1>x</h1>").contentType()).startsWith("text/html");
    assertThat(new Page("/", "This is a test page!").contentType()).startsWith("text/plain");
    assertThat(new Page("/", "<3").contentType()).startsWith("text/plain");
    assertThat(new Page("/", "<hrm>").contentType()).startsWith("text/plain");
  }

  @Test
  void rules_are_checked_in_their_order_with_their_words() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo first = one.started(0, "/a");

      assertThat(one.start(80, "/b"))
          .isEqualTo(new Refused(Reason.PORT_RANGE, "Port must be between 1024 and 65535", false));
      assertThat(one.start(65_536, "/b")).isInstanceOf(Refused.class);
      assertThat(one.start(-1, "/b")).isInstanceOf(Refused.class);
      assertThat(one.start(first.port(), "/a"))
          .isEqualTo(
              new Refused(
                  Reason.PORT_TAKEN,
                  "Port " + first.port() + " is already in use by server " + first.serverId(),
                  false));
      assertThat(one.start(0, "/%61"))
          .isEqualTo(
              new Refused(
                  Reason.PAGE_URI_TAKEN,
                  "Page URI /%61 is already in use by server " + first.serverId(),
                  false));
      for (int i = 0; i < 9; i++) {
        one.started(0, "/more" + i);
      }
      assertThat(one.start(80, "/a"))
          .isEqualTo(new Refused(Reason.LIMIT, "Cannot create more than 10 servers", false));
    }
  }

  @Test
  void a_port_somebody_else_holds_is_not_available_and_leaves_nothing_behind() throws Exception {
    try (Instance one = Instance.of("one", data)) {
      int port;
      try (ServerSocket other = Web.occupied()) {
        port = other.getLocalPort();
        assertThat(one.start(port, "/a"))
            .isEqualTo(
                new Refused(
                    Reason.PORT_NOT_AVAILABLE, "Port " + port + " is not available", false));
      }
      assertThat(one.list()).isEmpty();
      assertThat(one.start(port, "/a")).isInstanceOf(Started.class);
    }
  }

  @Test
  void a_door_of_the_same_process_is_not_available_either() {
    try (Instance one = Instance.of("one", data)) {
      int port = Web.freePort();
      TestNode.await(
          one.run(() ->
              io.vertx.core.Vertx.currentContext()
                  .owner()
                  .createHttpServer()
                  .requestHandler(request -> request.response().end("door"))
                  .listen(port, "127.0.0.1")));

      assertThat(one.start(port, "/a")).isInstanceOf(Refused.class);
      assertThat(Web.get(port, "/a").body()).isEqualTo("door");
    }
  }

  @Test
  void a_free_port_is_found_past_those_that_are_held() throws Exception {
    try (ServerSocket held = Web.occupied()) {
      int first = held.getLocalPort();
      ServerFactoryConfig config = config(first, Math.min(first + 20, 65_535));
      try (Instance one = Instance.of("one", data, config, StorageConfig.of(Map.of()))) {
        assertThat(one.started(0, "/a").port()).isGreaterThan(first);
      }
    }
  }

  @Test
  void a_stopped_server_listens_no_more_and_frees_port_and_page() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started(0, "/a");

      assertThat(one.stop(server.serverId()).server()).isEqualTo(server);

      assertThat(Web.listens(server.port())).isFalse();
      assertThat(one.list()).isEmpty();
      assertThat(one.started(server.port(), "/a").port()).isEqualTo(server.port());
    }
  }

  @Test
  void a_server_nobody_knows_cannot_be_stopped() {
    try (Instance one = Instance.of("one", data)) {
      assertThatThrownBy(() -> one.stop("no-such-id"))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.NOT_FOUND);
                assertThat(fault).hasMessage("Server no-such-id not found");
              });
    }
  }

  @Test
  void the_owner_stops_its_server_whoever_is_asked() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      ServerInfo server = one.started(0, "/a");

      assertThat(two.list()).containsExactly(server);
      two.stop(server.serverId());

      assertThat(Web.listens(server.port())).isFalse();
      assertThat(one.listening()).isEmpty();
    }
  }

  @Test
  void a_dead_owners_server_is_simply_removed() {
    try (Instance two = Instance.of("two", data)) {
      Instance one = Instance.of("one", data);
      one.round();
      ServerInfo server = one.started(0, "/a");
      one.vanish();

      two.stop(server.serverId());

      assertThat(two.list()).isEmpty();
    }
  }

  @Test
  void a_server_whose_owner_vanished_is_adopted() {
    try (Instance two = Instance.of("two", data)) {
      Instance one = Instance.of("one", data);
      one.round();
      ServerInfo server = one.started(0, "/a");
      one.vanish();

      two.round();
      assertThat(two.listening()).as("while the lease lasts").isEmpty();

      two.endAllLeases();
      two.begin();

      assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a");
      assertThat(two.list()).extracting(ServerInfo::node).containsExactly("two");
    }
  }

  @Test
  void a_lease_that_is_not_renewed_ends_by_itself() {
    ServerFactoryConfig brief = Instance.configWithLease(Duration.ofSeconds(2));
    try (Instance two = Instance.of("two", data, brief, StorageConfig.of(Map.of()))) {
      Instance one = Instance.of("one", data, brief, StorageConfig.of(Map.of()));
      one.begin();
      ServerInfo server = one.started(0, "/a");
      two.begin();
      one.vanish();

      await()
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a"));
    }
  }

  @Test
  void two_living_instances_leave_each_others_servers_alone() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      one.round();
      two.round();
      ServerInfo a = one.started(0, "/a");
      ServerInfo b = two.started(0, "/b");
      one.round();
      two.round();

      assertThat(one.listening()).containsExactly(a.serverId());
      assertThat(two.listening()).containsExactly(b.serverId());
    }
  }

  @Test
  void an_instance_that_was_given_up_lets_go_of_what_others_adopted() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      one.round();
      ServerInfo server = one.started(0, "/a");
      one.endAllLeases();
      // The port is still one's, so two cannot listen yet and gives the server back.
      two.round();
      assertThat(two.listening()).isEmpty();

      one.round();

      assertThat(one.listening()).containsExactly(server.serverId());
      assertThat(Web.get(server.port(), "/a").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_server_stopped_behind_an_owners_back_is_closed_at_its_next_round() {
    Instance one = Instance.of("one", data);
    try (Instance two = Instance.of("two", data)) {
      one.round();
      ServerInfo server = one.started(0, "/a");
      TestNode.await(
          two.run(() -> {
            ServerFactory.Owner unreachable =
                (node, id) ->
                    Future.failedFuture(new ServiceException(ErrorCode.TIMEOUT, "no answer"));
            return two.factory().stop(server.serverId(), unreachable);
          }));
      assertThat(Web.listens(server.port())).isTrue();

      one.round();

      assertThat(Web.listens(server.port())).isFalse();
    } finally {
      one.close();
    }
  }

  @Test
  void a_start_that_never_came_to_listen_is_finished_or_undone_after_a_crash() throws Exception {
    try (ServerSocket held = Web.occupied();
        Instance two = Instance.of("two", data)) {
      two.run(() ->
              two.reserve(
                  new dev.signalbox.contracts.serverfactory.StartServerRequest(
                      held.getLocalPort(), "/held", "x", "key-1", null)))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
      int free = Web.freePort();
      TestNode.await(
          two.run(() ->
              two.reserve(
                  new dev.signalbox.contracts.serverfactory.StartServerRequest(
                      free, "/free", "y", null, null))));
      assertThat(two.list()).isEmpty();

      two.round();

      assertThat(two.list()).extracting(ServerInfo::pageUri).containsExactly("/free");
      assertThat(Web.get(free, "/free").body()).isEqualTo("y");
      assertThat(TestNode.await(two.startLater(held.getLocalPort(), "/held", "x", "key-1")))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void the_same_key_starts_one_server() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      Future<StartServerReply> first = one.startLater(0, "/a", "x", "key");
      Future<StartServerReply> second = two.startLater(0, "/a", "x", "key");

      Started firstReply = (Started) TestNode.await(first);
      Started secondReply = (Started) TestNode.await(second);
      assertThat(secondReply.server()).isEqualTo(firstReply.server());
      assertThat(List.of(firstReply.replayed(), secondReply.replayed()))
          .containsExactlyInAnyOrder(false, true);
      assertThat(one.list()).hasSize(1);
      assertThatThrownBy(() -> TestNode.await(one.startLater(0, "/other", "x", "key")))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> assertThat(fault.code()).isEqualTo(ErrorCode.IDEMPOTENCY_MISMATCH));
    }
  }

  @Test
  void the_same_key_repeats_a_refusal() throws Exception {
    try (Instance one = Instance.of("one", data)) {
      int port;
      StartServerReply first;
      try (ServerSocket held = Web.occupied()) {
        port = held.getLocalPort();
        first = TestNode.await(one.startLater(port, "/a", "x", "key"));
      }
      assertThat(first)
          .isEqualTo(
              new Refused(Reason.PORT_NOT_AVAILABLE, "Port " + port + " is not available", false));
      assertThat(TestNode.await(one.startLater(port, "/a", "x", "key")))
          .isEqualTo(
              new Refused(Reason.PORT_NOT_AVAILABLE, "Port " + port + " is not available", true));
    }
  }

  @Test
  void ten_equal_requests_with_one_key_start_one_server() throws Exception {
    tenEqualRequests(StorageConfig.of(Map.of()));
  }

  @Test
  void ten_equal_requests_with_one_key_start_one_server_on_postgresql_too() throws Exception {
    tenEqualRequests(StorageConfig.of(TestPostgres.freshDatabase().settings()));
  }

  /** The first port of the range is held, so that the first start has to try another. */
  private void tenEqualRequests(StorageConfig storage) throws Exception {
    try (ServerSocket held = Web.occupied()) {
      int first = held.getLocalPort();
      ServerFactoryConfig config = config(first, Math.min(first + 20, 65_535));
      try (Instance one = Instance.of("one", data, config, storage);
          Instance two = Instance.of("two", data, config, storage)) {
        List<Future<StartServerReply>> replies = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          replies.add((i % 2 == 0 ? one : two).startLater(0, "/a", "x", "key"));
        }

        List<Started> started =
            replies.stream().map(TestNode::await).map(Started.class::cast).toList();

        assertThat(started).extracting(Started::server).containsOnly(one.list().getFirst());
        assertThat(started).filteredOn(reply -> !reply.replayed()).hasSize(1);
        assertThat(one.list()).hasSize(1);
      }
    }
  }

  @Test
  void a_repeated_start_is_answered_as_the_first_was_though_the_server_is_stopped() {
    ServerInfo server;
    try (Instance one = Instance.of("one", data)) {
      server = ((Started) TestNode.await(one.startLater(0, "/a", "x", "key"))).server();
      one.stop(server.serverId());
    }
    try (Instance again = Instance.of("again", data)) {
      assertThat(TestNode.await(again.startLater(0, "/a", "x", "key")))
          .isEqualTo(new Started(server, true));
      assertThat(again.list()).isEmpty();
    }
  }

  @Test
  void two_keys_start_two_servers() {
    try (Instance one = Instance.of("one", data)) {
      TestNode.await(one.startLater(0, "/a", "x", "key-1"));
      TestNode.await(one.startLater(0, "/b", "x", "key-2"));

      assertThat(one.list()).hasSize(2);
    }
  }

  @Test
  void a_race_never_exceeds_the_limit() {
    race(StorageConfig.of(Map.of()));
  }

  @Test
  void a_race_never_exceeds_the_limit_on_postgresql_either() {
    race(StorageConfig.of(TestPostgres.freshDatabase().settings()));
  }

  private void race(StorageConfig storage) {
    try (Instance one = Instance.of("one", data, Instance.config(), storage);
        Instance two = Instance.of("two", data, Instance.config(), storage)) {
      one.begin();
      two.begin();
      List<Future<StartServerReply>> replies = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Instance instance = i % 2 == 0 ? one : two;
        // Every third pair wants the same page, every start any port.
        replies.add(instance.startLater(0, "/p" + (i - i % 3), "x", null));
      }
      List<StartServerReply> outcomes = replies.stream().map(TestNode::await).toList();

      List<ServerInfo> servers = one.list();
      assertThat(servers).hasSize(10);
      assertThat(servers).extracting(ServerInfo::port).doesNotHaveDuplicates();
      assertThat(servers).extracting(ServerInfo::pageUri).doesNotHaveDuplicates();
      assertThat(outcomes).filteredOn(Started.class::isInstance).hasSize(10);
      assertThat(servers)
          .allSatisfy(server ->
              assertThat(Web.get(server.port(), server.pageUri()).statusCode()).isEqualTo(200));
      one.round();
      two.round();
      assertThat(one.listening().size() + two.listening().size()).isEqualTo(10);
    }
  }

  private static ServerFactoryConfig config(int firstPort, int lastPort) {
    return Instance.config(
        Map.of("first-port", Integer.toString(firstPort), "last-port", Integer.toString(lastPort)));
  }
}
