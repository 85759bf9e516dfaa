package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory that all definitions of a process take together: taken, bounded and given back. */
class DefinitionMemoryTest {

  private static final long MIB = 1L << 20;

  @TempDir Path data;

  private final DefinitionMemory memory = new DefinitionMemory(1_000);

  private Instance instance(String node, long definitionBytes) {
    return instance(node, "127.0.0.1", definitionBytes);
  }

  private Instance instance(String node, String address, long definitionBytes) {
    return Instance.of(
        node,
        data,
        Instance.config(
            Map.of(
                "bind",
                address,
                "limit",
                "100",
                "definition-bytes",
                Long.toString(definitionBytes))),
        StorageConfig.of(Map.of()));
  }

  /** Routes that are charged with about 600 KiB. */
  private static String large(String text) {
    return "[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\""
        + text.repeat(300 * 1_024 / text.length())
        + "\"}}]";
  }

  private static String small(String text) {
    return "[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\"" + text + "\"}}]";
  }

  private static String definition(String routes) {
    return "{\"routes\":" + routes + "}";
  }

  private static void assertFull(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> {
              assertThat(fault.code()).isEqualTo(ErrorCode.LIMIT_REACHED);
              assertThat(fault)
                  .hasMessageStartingWith("The definitions of the servers of this process would");
            });
  }

  @Test
  void givenACharge_whenItsLastHolderReleasesIt_thenNothingIsHeld() {
    DefinitionMemory.Charge charge =
        memory.charging(
            600,
            made -> {
              made.resize(900);
              return made;
            });
    charge.retain();
    charge.release();
    assertThat(memory.held()).isEqualTo(900);

    charge.release();

    assertThat(memory.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 600, 1_000})
  void givenACharge_whenLoadingFails_thenNothingIsHeld(long bytes) {
    assertThatThrownBy(() ->
            memory.charging(
                bytes,
                charge -> {
                  throw new IllegalStateException("unreadable");
                }))
        .hasMessage("unreadable");

    assertThat(memory.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1_001, Integer.MAX_VALUE})
  void givenACharge_whenItGrowsBeyondTheMemory_thenNothingIsHeld(long bytes) {
    assertFull(() ->
        memory.charging(
            500,
            charge -> {
              charge.resize(bytes);
              return charge;
            }));

    assertThat(memory.held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'path_regex':'/(a|b){1,100}'}",
        "{'body':{'json_schema':{'enum':[1,2,3,4,5,6,7,8,9]}}}",
        "{'body':{'json_path':{'$.a.b.c.d.e.f':true}}}"
      })
  void givenConditions_whenTheyAreCompiled_thenTheyAreChargedMoreThanTheirText(String match) {
    Definitions definitions = Instance.definitions(Instance.config());
    DefinitionMemory.Charge plain = read(definitions, "{'path':'" + "/x".repeat(30) + "'}");
    DefinitionMemory.Charge compiled = read(definitions, match);

    assertThat(compiled.bytes()).isGreaterThan(plain.bytes());
  }

  private static DefinitionMemory.Charge read(Definitions definitions, String match) {
    String json = "{'routes':[{'match':" + match + ",'response':{}}]}";
    return definitions
        .read(new StartServerRequest(0, "", "", null, json.replace('\'', '"')))
        .loaded()
        .charge();
  }

  @Test
  void givenTenThousandDefinitions_whenEachIsReadAndReleased_thenNothingIsHeld() {
    ServerFactoryConfig config = Instance.config();
    DefinitionMemory own = new DefinitionMemory(MIB);
    Definitions definitions = new Definitions(config, new DefinitionCompiler(config, own));
    for (int i = 0; i < 10_000; i++) {
      String json = i % 3 == 0 ? "{\"routes\":[{}]}" : definition(small("v" + i));
      try {
        definitions
            .read(new StartServerRequest(0, "/p", "x", null, json))
            .loaded()
            .charge()
            .release();
      } catch (ServiceException invalid) {
        assertThat(invalid.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
      }
    }

    assertThat(own.held()).isZero();
  }

  @Test
  void givenServersThatComeAndGo_whenTheLastHasGone_thenNothingIsHeldAndNoMeterIsLeft() {
    try (Instance one = instance("one", MIB)) {
      for (int i = 0; i < 100; i++) {
        ServerInfo server = one.started(definition(small("v" + i)));
        TestNode.await(one.replaceRoutes(server.serverId(), small("w" + i)));
        one.stop(server.serverId());
      }

      assertThat(one.definitionBytes()).isZero();
      assertThat(one.metrics().getMeters()).isEmpty();
    }
  }

  @Test
  void givenStartsThatFail_whenTheyHaveFailed_thenNothingIsHeld() throws Exception {
    try (Instance one = instance("one", MIB);
        ServerSocket occupied = Web.occupied()) {
      ServerInfo server = one.started("{\"name\":\"taken\"," + definition(small("a")).substring(1));
      long held = one.definitionBytes();
      String routes = definition(small("b"));

      List<StartServerRequest> failing =
          List.of(
              new StartServerRequest(server.port(), "", "", null, routes),
              new StartServerRequest(80, "", "", null, routes),
              new StartServerRequest(occupied.getLocalPort(), "", "", null, routes),
              new StartServerRequest(0, "", "", null, "{\"name\":\"taken\"," + routes.substring(1)),
              new StartServerRequest(0, "", "", null, "{\"routes\":[{}]}"),
              new StartServerRequest(0, "", "", null, "[]"),
              new StartServerRequest(0, "", "", "", routes),
              new StartServerRequest(0, "no slash", "", null, null));
      for (StartServerRequest request : failing) {
        try {
          assertThat(TestNode.await(one.startLater(request)))
              .isInstanceOf(StartServerReply.Refused.class);
        } catch (ServiceException refused) {
          assertThat(refused.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.CONFLICT);
        }
        assertThat(one.definitionBytes()).as(request.toString()).isEqualTo(held);
      }
    }
  }

  @Test
  void givenTooLittleMemory_whenAServerIsStarted_thenThatIsTheErrorUntilAnotherIsDeleted() {
    try (Instance one = instance("one", MIB)) {
      ServerInfo first = one.started(definition(large("a")));
      assertFull(() -> one.started(definition(large("b"))));
      assertThat(one.list()).hasSize(1);

      one.stop(first.serverId());

      assertThat(Web.get(one.started(definition(large("b"))).port(), "/x").body()).startsWith("b");
    }
  }

  @Test
  void givenTooLittleMemory_whenAStartIsRepeated_thenTheFirstAnswerComesAgain() {
    try (Instance one = instance("one", MIB)) {
      StartServerRequest first = new StartServerRequest(0, "", "", "key-1", definition(large("a")));
      StartServerReply.Started started =
          (StartServerReply.Started) TestNode.await(one.startLater(first));

      assertThat(TestNode.await(one.startLater(first)))
          .isEqualTo(new StartServerReply.Started(started.server(), true));
      StartServerRequest second =
          new StartServerRequest(0, "", "", "key-2", definition(large("b")));
      assertFull(() -> TestNode.await(one.startLater(second)));
      one.stop(started.server().serverId());
      assertThat(TestNode.await(one.startLater(second)))
          .isInstanceOfSatisfying(
              StartServerReply.Started.class, made -> assertThat(made.replayed()).isFalse());
    }
  }

  @Test
  void givenTooLittleMemory_whenRoutesAreReplaced_thenTheOldOnesAreServed() {
    try (Instance one = instance("one", MIB)) {
      ServerInfo server = one.started(definition(large("a")));
      long held = one.definitionBytes();

      assertFull(() -> TestNode.await(one.replaceRoutes(server.serverId(), large("b"))));

      assertThat(one.definitionBytes()).isEqualTo(held);
      assertThat(Web.get(server.port(), "/x").body()).startsWith("a");
      TestNode.await(one.replaceRoutes(server.serverId(), small("c")));
      assertThat(Web.get(server.port(), "/x").body()).isEqualTo("c");
      assertThat(one.definitionBytes()).isLessThan(held);
    }
  }

  @Test
  void givenTooLittleMemoryForBothDefinitions_whenTheStoredOneChanged_thenItIsServedAfterAll() {
    try (Instance one = instance("one", MIB)) {
      ServerInfo server = one.started(definition(large("a")));
      one.round();
      TestNode.await(
          one.run(() ->
              one.store()
                  .replace(
                      server.serverId(),
                      new ServerContent(null, definition(large("b")), List.of(), 0),
                      1)));

      one.round();

      assertThat(Web.get(server.port(), "/x").body()).startsWith("b");
    }
  }

  @Test
  void givenTooLittleMemory_whenAnOwnerIsLost_thenItsServerHasNoOwnerUntilItFits() {
    try (Instance two = instance("two", MIB)) {
      Instance one = instance("one", 2 * MIB);
      ServerInfo orphan = one.started(definition(large("a")));
      one.vanish();
      ServerInfo own = two.started(definition(large("b")));
      two.endAllLeases();

      two.round();

      assertThat(two.listening()).containsExactly(own.serverId());
      assertThat(two.list())
          .filteredOn(server -> server.serverId().equals(orphan.serverId()))
          .extracting(ServerInfo::node)
          .containsExactly("");
      two.begin();
      two.stop(own.serverId());
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(two.listening()).containsExactly(orphan.serverId()));
    }
  }

  @Test
  void givenTooLittleMemory_whenServersAreOffered_thenThoseThatFitAreTaken() {
    try (Instance one = instance("one", 8 * MIB);
        Instance two = instance("two", "127.0.0.2", MIB)) {
      Set<String> all =
          IntStream.range(0, 4)
              .mapToObj(i -> one.started(definition(large("v" + i))).serverId())
              .collect(Collectors.toSet());

      TestNode.await(one.giveAway(ids -> two.accept(one, ids)));

      assertThat(two.listening()).hasSize(1);
      assertThat(one.listening()).hasSize(3);
      assertThat(all).containsAll(two.listening()).containsAll(one.listening());
      assertThat(two.definitionBytes()).isLessThan(MIB);
    }
  }

  @Test
  void givenALeaseThatEnds_whenItsServersAreClosed_thenNothingIsHeld() {
    try (Instance one = instance("one", MIB)) {
      ServerInfo server = one.started(definition(large("a")));
      one.pause(Duration.ofHours(1));

      assertThatThrownBy(() -> Web.get(server.port(), "/x")).isInstanceOf(RuntimeException.class);

      await().untilAsserted(() -> assertThat(one.definitionBytes()).isZero());
      one.round();
      assertThat(Web.get(server.port(), "/x").body()).startsWith("a");
    }
  }

  @Test
  void givenAServerThatExpires_whenItsTimeIsOver_thenNothingIsHeld() {
    try (Instance one = instance("one", MIB)) {
      one.started("{\"expires_in_s\":1," + definition(small("a")).substring(1));

      one.begin();

      await().untilAsserted(() -> assertThat(one.definitionBytes()).isZero());
    }
  }

  /** Servers without an owner whose texts together take ten times the memory of texts. */
  private Set<String> orphans() {
    try (Instance two = instance("two", 128 * MIB)) {
      return IntStream.range(0, 40)
          .mapToObj(i -> two.started(definition(large("v" + i % 10 + i))).serverId())
          .collect(Collectors.toSet());
    }
  }

  @Test
  void givenManyOrphans_whenTheyAreAdopted_thenOneTextIsReadAtATimeAndAllListen() {
    Set<String> orphans = orphans();
    CountDownLatch latch = new CountDownLatch(1);
    try (Instance one = instance("one", 128 * MIB)) {
      one.delayReading(latch);
      one.endAllLeases();

      Future<Void> round = one.roundLater();
      await().until(() -> one.texts().held() > 0);
      // Were there more, this would come after they are read.
      assertThat(orphans).allMatch(one::owns);
      assertThat(one.texts().held()).isBetween(2 * 300L * 1_024, MIB);
      latch.countDown();

      TestNode.await(round);
      assertThat(one.listening()).isEqualTo(orphans);
      assertThat(one.texts().held()).isZero();
    }
  }

  @Test
  void givenNoMemoryOfTexts_whenOrphansAreAdopted_thenTheyWaitUntilThereIs() {
    Set<String> orphans = orphans();
    try (Instance one = instance("one", 128 * MIB)) {
      ServerInfo own = one.started(definition(small("a")));
      Promise<Void> held = one.holdTexts();
      one.endAllLeases();

      Future<Void> round = one.roundLater();
      await().until(() -> orphans.stream().allMatch(one::owns));
      assertThat(one.listening()).containsExactly(own.serverId());
      assertThat(Web.get(own.port(), "/x").body()).isEqualTo("a");

      one.run(() -> Future.succeededFuture(held.tryComplete()));
      TestNode.await(round);
      assertThat(one.listening()).containsAll(orphans).hasSize(orphans.size() + 1);
      assertThat(one.texts().held()).isZero();
    }
  }

  @Test
  void givenNoMemoryOfTexts_whenAServerIsDescribed_thenThatIsTheError() {
    try (Instance one = instance("one", MIB)) {
      ServerInfo server = one.started(definition(small("a")));
      one.texts().tryAcquire(16 * MIB);

      assertThatThrownBy(() -> one.describe(server.serverId()))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> assertThat(fault.code()).isEqualTo(ErrorCode.OVERLOADED));

      one.texts().release(16 * MIB);
      assertThat(one.describe(server.serverId()).definition()).contains("routes");
    }
  }

  @Test
  void givenTextsThatAreBeingRead_whenAnotherIsTooMuch_thenItIsRefusedAndLaterTaken() {
    try (Instance one = instance("one", 16 * MIB)) {
      String running = one.started(definition(small("a"))).serverId();
      one.texts().tryAcquire(16 * MIB - 1_000);

      for (Runnable work :
          List.<Runnable>of(
              () -> one.started(definition(large("b"))),
              () -> TestNode.await(one.replaceRoutes(running, large("b"))))) {
        assertThatThrownBy(work::run)
            .isInstanceOfSatisfying(
                ServiceException.class,
                fault -> assertThat(fault.code()).isEqualTo(ErrorCode.OVERLOADED));
      }

      one.texts().release(16 * MIB - 1_000);
      one.started(definition(large("b")));
      TestNode.await(one.replaceRoutes(running, large("b")));
      await().untilAsserted(() -> assertThat(one.texts().held()).isZero());
    }
  }
}
