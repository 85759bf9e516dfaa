package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers that move from an instance that stops to another one, each on an address of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "only there every address of 127.0.0.0/8 is ours")
class HandoverTest {

  private static final String FIRST = "127.0.0.1";
  private static final String SECOND = "127.0.0.2";

  @TempDir Path data;

  private Instance one;
  private Instance two;

  @BeforeEach
  void start() {
    one = at(FIRST, "one");
    two = at(SECOND, "two");
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private Instance at(String address, String node) {
    return at(address, node, 200);
  }

  private Instance at(String address, String node, long overlapMs) {
    return Instance.of(
        node, data, Instance.configAt(address), StorageConfig.of(Map.of()), overlapMs);
  }

  private static boolean listens(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 2_000);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void givenAServer_whenItsInstanceStops_thenAtAnyMomentOneOfBothHostsAnswers() {
    int port = one.started(0, "/a").port();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> failures =
        CompletableFuture.supplyAsync(() -> {
          int failed = 0;
          while (!over.get()) {
            // The second once more: it may begin and the first end between two looks.
            failed +=
                listens(SECOND, port) || listens(FIRST, port) || listens(SECOND, port) ? 0 : 1;
          }
          return failed;
        });

    TestNode.await(one.giveAway(ids -> two.accept(one, ids)));
    over.set(true);

    assertThat(failures.join()).isZero();
    assertThat(listens(FIRST, port)).isFalse();
    assertThat(listens(SECOND, port)).isTrue();
    assertThat(one.list()).extracting(ServerInfo::host).containsExactly("host-two");
  }

  @Test
  void givenManyServers_whenTheirInstanceStops_thenAllMove() {
    for (int i = 0; i < 10; i++) {
      one.started(0, "/" + i);
    }

    TestNode.await(one.giveAway(ids -> two.accept(one, ids)));

    assertThat(one.listening()).isEmpty();
    assertThat(two.listening()).hasSize(10);
    one.round();
    two.round();
    assertThat(two.listening()).hasSize(10);
    assertThat(one.listening()).isEmpty();
  }

  @Test
  void givenServersThatMove_whenTheyAreListedMeanwhile_thenEachIsThereOnce() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(one.started(0, "/" + i).serverId());
    }
    Future<Void> moving = one.giveAway(offered -> two.accept(one, offered));
    do {
      for (Instance asked : List.of(one, two)) {
        assertThat(asked.list()).extracting(ServerInfo::serverId).containsExactlyElementsOf(ids);
      }
    } while (!moving.isComplete());

    assertThat(two.list()).extracting(ServerInfo::node).containsOnly("two");
  }

  @Test
  void givenNobodyWhoTakesIt_whenAServerIsOffered_thenItListensOnWhereItWas() {
    ServerInfo server = one.started(0, "/a");

    TestNode.await(
        one.giveAway(
            ids -> Future.failedFuture(new ServiceException(ErrorCode.UNAVAILABLE, "nobody"))));

    assertThat(listens(FIRST, server.port())).isTrue();
    assertThat(one.list()).containsExactly(server);
  }

  @Test
  void givenAPortThatTheOtherHostUses_whenServersAreOffered_thenOnlyTheRestMoves()
      throws IOException {
    ServerInfo stays = one.started(0, "/a");
    ServerInfo moves = one.started(0, "/b");
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(SECOND, stays.port()));

      TestNode.await(one.giveAway(ids -> two.accept(one, ids)));

      assertThat(one.listening()).containsExactly(stays.serverId());
      assertThat(two.listening()).containsExactly(moves.serverId());
      assertThat(one.list()).extracting(ServerInfo::node).containsExactly("one", "two");
    }
  }

  @Test
  void givenAServerThatIsMoving_whenItIsStopped_thenNobodyListensOnceThatIsAcknowledged() {
    ServerInfo server = one.started(0, "/a");
    Future<Void> moving = one.giveAway(ids -> two.accept(one, ids));
    await().until(() -> listens(SECOND, server.port()));

    StopServerReply stopped = two.stop(server.serverId());

    assertThat(stopped.server().serverId()).isEqualTo(server.serverId());
    assertThat(listens(SECOND, server.port())).isFalse();
    TestNode.await(moving);
    assertThat(listens(FIRST, server.port())).isFalse();
    assertThat(two.list()).isEmpty();
  }

  @Test
  void givenAServerRemovedWhileItMoves_whenTheMoveEnds_thenNobodyListens() {
    two.close();
    two = at(SECOND, "two", 8_000);
    ServerInfo server = one.started(0, "/a");
    Future<Void> moving = one.giveAway(ids -> two.accept(one, ids));
    await().until(() -> listens(SECOND, server.port()));
    TestNode.await(two.run(() -> two.store().remove(server.serverId(), "one")));

    TestNode.await(moving);

    assertThat(listens(SECOND, server.port())).isFalse();
    one.round();
    assertThat(listens(FIRST, server.port())).isFalse();
  }

  @Test
  void givenAnAnswerThatIsLost_whenTheMoveIsGivenUp_thenTheRoundsSettleIt() {
    ServerInfo server = one.started(0, "/a");

    TestNode.await(
        one.giveAway(ids ->
            two.accept(one, ids)
                .compose(
                    lost -> Future.failedFuture(new ServiceException(ErrorCode.TIMEOUT, "lost")))));

    one.round();
    assertThat(listens(FIRST, server.port())).isFalse();
    assertThat(listens(SECOND, server.port())).isTrue();
  }

  @Test
  void givenAnInstanceThatStops_whenAServerIsStartedOrOffered_thenItSaysSoAndDoesNothing() {
    ServerInfo server = two.started(0, "/b");
    TestNode.await(one.giveAway(ids -> Future.succeededFuture(Set.of())));

    for (Future<?> refused :
        List.of(one.startLater(0, "/a", "x", null), one.accept(two, Set.of(server.serverId())))) {
      assertThatThrownBy(() -> TestNode.await(refused))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STOPPING));
    }
    assertThat(one.list()).containsExactly(server);
  }

  @Test
  void givenServersOfAThirdInstance_whenTheyAreOffered_thenTheyStayWhereTheyAre() {
    ServerInfo server = one.started(0, "/a");
    try (Instance three = at("127.0.0.3", "three")) {
      Set<String> taken = TestNode.await(two.accept(three, Set.of(server.serverId(), "none")));

      assertThat(taken).isEmpty();
      assertThat(two.listening()).isEmpty();
      assertThat(one.listening()).containsExactly(server.serverId());
    }
  }

  @Test
  void givenServersThatWereOffered_whenMoreCame_thenOnlyThoseAreOfferedNext() {
    ServerInfo first = one.started(0, "/a");
    Promise<Set<String>> never = Promise.promise();
    never.complete(Set.of());
    Future<?> starting = one.startLater(0, "/b", "x", null);
    TestNode.await(starting);

    TestNode.await(one.giveAway(ids -> never.future()));
    TestNode.await(
        one.giveAway(ids -> Future.failedFuture(new AssertionError("offered again: " + ids))));

    assertThat(one.listening()).contains(first.serverId()).hasSize(2);
  }
}
