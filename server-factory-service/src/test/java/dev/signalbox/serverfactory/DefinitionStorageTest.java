package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import dev.signalbox.testsupport.TestPostgres;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers with definitions: what is stored, who may have a name, and what outlives an owner. */
class DefinitionStorageTest {

  private static final String OLD = "old";
  private static final String NEW = "new";

  @TempDir Path data;

  private StorageConfig storage(boolean postgresql) {
    return StorageConfig.of(postgresql ? TestPostgres.freshDatabase().settings() : Map.of());
  }

  private Instance instance(String node, StorageConfig storage) {
    return Instance.of(node, data, Instance.config(), storage);
  }

  /** Members of a definition whose one route answers with a text. */
  private static String answering(String text) {
    return "\"routes\":" + routes(text);
  }

  private static String routes(String text) {
    return "[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\"" + text + "\"}}]";
  }

  private static String answer(ServerInfo server) {
    return Web.get(server.port(), "/x").body();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenServersWithoutAPage_whenTheyAreStarted_thenEachAnswersItsRoutes(boolean postgresql) {
    try (Instance one = instance("one", storage(postgresql))) {
      ServerInfo a = one.started("{" + answering("a") + "}");
      ServerInfo b = one.started("{" + answering("b") + "}");

      assertThat(List.of(answer(a), answer(b))).containsExactly("a", "b");
      assertThat(one.list()).containsExactly(a, b);
      assertThat(a.pageUri()).isEmpty();
      assertThat(a.routes()).isEqualTo(1);
    }
  }

  @Test
  void givenAServerThatIsBeingOpened_whenItsRoutesAreReplaced_thenTheNewOnesWinAtOnceAndLater() {
    Instance two = Instance.of("two", data);
    ServerInfo server = two.started("{" + answering(OLD) + "}");
    two.vanish();
    try (Instance one = Instance.of("one", data)) {
      CountDownLatch latch = new CountDownLatch(1);
      one.delayReading(latch);
      one.endAllLeases();
      Future<Void> round = one.roundLater();
      await().until(() -> one.texts().held() > 0);
      long loading = one.texts().held();
      Future<DescribeServerReply> replaced = one.replaceRoutes(server.serverId(), routes(NEW));
      // The new definition is made after the old one is loaded: it has read that, and waits.
      await().until(() -> one.texts().held() > 2 * loading);

      latch.countDown();
      TestNode.await(round);
      TestNode.await(replaced);

      assertThat(answer(server)).isEqualTo(NEW);
    }
    try (Instance one = Instance.of("one", data)) {
      one.endAllLeases();
      one.round();

      assertThat(answer(server)).isEqualTo(NEW);
    }
  }

  @Test
  void givenADatabaseOfTheVersionBeforeDefinitions_whenItIsOpened_thenItsServersListen()
      throws Exception {
    String url = "jdbc:sqlite:" + data.resolve(ServerStore.SCHEMA + ".db");
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("classpath:db/serverfactory/common")
        .target("1")
        .load()
        .migrate();
    int port = Web.freePort();
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO servers (server_id, port, page_uri, response_data, owner, host,"
                    + " created_at, bound) VALUES ('id-1', ?, '/p', 'kept', '', 'h', 5, 1)")) {
      insert.setInt(1, port);
      insert.executeUpdate();
    }

    try (Instance one = Instance.of("one", data)) {
      one.begin();

      assertThat(Web.get(port, "/p").body()).isEqualTo("kept");
      assertThat(one.list())
          .singleElement()
          .extracting(
              ServerInfo::serverId,
              ServerInfo::createdAtEpochMs,
              ServerInfo::name,
              ServerInfo::routes)
          .containsExactly("id-1", 5L, null, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenADefinition_whenItsServerRunsAgain_thenIdNamePortAndRoutesAreTheSame(
      boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    ServerInfo server;
    try (Instance one = instance("one", storage)) {
      server = one.started("{\"name\":\"kept\"," + answering("a") + "}");
    }
    try (Instance one = instance("one", storage)) {
      assertThat(one.list()).containsExactly(server);
      assertThat(answer(server)).isEqualTo("a");
      assertThat(one.describe("kept").server()).isEqualTo(server);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenReplacedRoutes_whenTheServerIsAdopted_thenTheyAreServed(boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    try (Instance two = instance("two", storage)) {
      Instance one = instance("one", storage);
      ServerInfo server = one.started("{" + answering(OLD) + "}");
      TestNode.await(two.replaceRoutes(server.serverId(), routes(NEW)));
      assertThat(answer(server)).isEqualTo(NEW);
      one.vanish();

      two.endAllLeases();
      two.begin();

      assertThat(answer(server)).isEqualTo(NEW);
      assertThat(two.listening()).containsExactly(server.serverId());
    }
  }

  @Test
  void givenRoutesReplacedInStorage_whenTheOwnerRenewsItsLease_thenItServesThem() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started("{" + answering(OLD) + "}");
      one.round();
      TestNode.await(
          one.run(() ->
              one.store()
                  .replace(
                      server.serverId(),
                      new ServerContent(null, "{" + answering(NEW) + "}", List.of(), 0),
                      1)));

      one.round();

      assertThat(answer(server)).isEqualTo(NEW);
    }
  }

  @Test
  void givenRoutesReplacedDuringAHandover_whenItEnds_thenTheNewOwnerServesThem() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data, Instance.configAt("127.0.0.2"), storage(false))) {
      ServerInfo server = one.started("{" + answering(OLD) + "}");

      Future<Void> moving = one.giveAway(ids -> two.accept(one, ids));
      Future<DescribeServerReply> replaced = two.replaceRoutes(server.serverId(), routes(NEW));

      TestNode.await(moving);
      assertThat(TestNode.await(replaced).server().node()).isEqualTo("two");
      assertThat(Web.get("127.0.0.2", server.port(), "/x").body()).isEqualTo(NEW);
    }
  }

  @Test
  void givenManyReplacementsAtOnce_whenAllAreAcknowledged_thenTheStoredOneIsServed() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      ServerInfo server = one.started("{" + answering(OLD) + "}");
      List<Future<DescribeServerReply>> replaced = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        replaced.add((i % 2 == 0 ? one : two).replaceRoutes(server.serverId(), routes("v" + i)));
      }
      replaced.forEach(TestNode::await);

      String stored = one.describe(server.serverId()).definition();
      assertThat(stored).contains("\"" + answer(server) + "\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|/routes|is required",
        "{\"x\":1}|/x|is not a known field",
        "{\"routes\":[],\"wiremock\":[]}|/wiremock|cannot be combined with routes",
        "[{\"response\":{\"status\":7}}]|/0/response/status|must be between 100 and 599",
        "{\"routes\":[{\"response\":{\"status\":7}}]}|/routes/0/response/status|must be between",
        "[1]|/0|must be an object",
        "7||must be an object",
        "[|''|Invalid JSON"
      })
  void givenRoutesThatAreNone_whenTheyReplaceOthers_thenTheProblemHasItsPlace(
      String routes, String pointer, String message) {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started("{" + answering(OLD) + "}");

      assertThatThrownBy(() -> TestNode.await(one.replaceRoutes(server.serverId(), routes)))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                assertThat(fault.problems())
                    .anySatisfy(problem -> {
                      assertThat(problem.pointer()).isEqualTo(pointer == null ? "" : pointer);
                      assertThat(problem.message()).contains(message);
                    });
              });
      assertThat(answer(server)).isEqualTo(OLD);
    }
  }

  @Test
  void givenProblemsInManyFields_whenAServerIsStarted_thenAllAreReported() {
    try (Instance one = Instance.of("one", data)) {
      StartServerRequest request =
          new StartServerRequest(
              0,
              "no slash",
              "a\u0000b",
              "",
              "{\"name\":\"-\",\"lax\":1,\"unknown\":2,\"expires_in_s\":0,\"routes\":[{}]}");

      assertThatThrownBy(() -> TestNode.await(one.startLater(request)))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault ->
                  assertThat(fault.problems())
                      .extracting(FieldProblem::pointer)
                      .contains(
                          "/page_uri",
                          "/response_data",
                          "/idempotency_key",
                          "/name",
                          "/lax",
                          "/unknown",
                          "/expires_in_s",
                          "/routes/0/response"));
    }
  }

  @Test
  void givenATakenName_whenAnotherServerWantsIt_thenThatIsAConflictAndNothingIsLeft() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      ServerInfo first = one.started("{\"name\":\"api\"," + answering("a") + "}");

      assertThatThrownBy(() -> two.started("{\"name\":\"api\"," + answering("b") + "}"))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.CONFLICT);
                assertThat(fault)
                    .hasMessage("Name api is already in use by server " + first.serverId());
              });
      assertThat(one.list()).containsExactly(first);
      one.stop("api");
      assertThat(two.started("{\"name\":\"api\"," + answering("b") + "}").name()).isEqualTo("api");
    }
  }

  @Test
  void givenWireMockMappings_whenAServerIsStarted_thenTheirRoutesAreStoredAndTheRestIsNoted() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server =
          one.started(
              "{\"wiremock\":{\"request\":{\"method\":\"GET\",\"urlPath\":\"/x\"},"
                  + "\"response\":{\"body\":\"stubbed\"},\"postServeActions\":[]}}");

      assertThat(answer(server)).isEqualTo("stubbed");
      DescribeServerReply described = one.describe(server.serverId());
      assertThat(described.definition()).contains("\"routes\"").doesNotContain("wiremock");
      assertThat(described.notes())
          .anySatisfy(note -> assertThat(note).contains("postServeActions"));
    }
  }

  @Test
  void givenADocumentThatIsNoOpenApi_whenItReplacesRoutes_thenTheProblemNamesIt() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started("{" + answering(OLD) + "}");

      assertThatThrownBy(
              () -> TestNode.await(one.replaceRoutes(server.serverId(), "{\"openapi\":\"x\"}")))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault ->
                  assertThat(fault.problems())
                      .extracting(FieldProblem::pointer)
                      .containsExactly("/openapi"));
      assertThat(answer(server)).isEqualTo(OLD);
    }
  }

  @Test
  void givenAPrivateKey_whenTheServerIsDescribed_thenTheKeyIsNotShown() {
    String shown =
        Instance.definitions(Instance.config())
            .shown(
                new ServerContent(
                    null,
                    "{\"tls\":{\"certificate_pem\":\"public\",\"private_key_pem\":\"secret\"}}",
                    List.of(),
                    0));

    assertThat(shown).contains("public").doesNotContain("secret", "private_key_pem");
  }

  @Test
  void givenAPageAndRoutes_whenTheServerIsDescribed_thenItCouldBeMadeAgainFromThat() {
    try (Instance one = Instance.of("one", data)) {
      TestNode.await(
          one.startLater(
              new StartServerRequest(0, "/p", "page", null, "{" + answering("a") + "}")));

      assertThat(one.describe(one.list().getFirst().serverId()).definition())
          .isEqualTo("{\"page_uri\":\"/p\",\"response_data\":\"page\"," + answering("a") + "}");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenAServerWhoseTimeIsOver_whenItsOwnerRenews_thenItEndsOnceAndFreesWhatItHad(
      boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    try (Instance one = instance("one", storage);
        Instance two = instance("two", storage)) {
      one.begin();
      two.begin();
      ServerInfo server =
          one.started("{\"name\":\"brief\",\"expires_in_s\":3," + answering("a") + "}");
      assertThat(server.expiresAtEpochMs()).isEqualTo(server.createdAtEpochMs() + 3_000);

      await().until(() -> one.ended().contains(server.serverId()));

      assertThat(one.list()).isEmpty();
      assertThat(Web.listens(server.port())).isFalse();
      two.round();
      assertThat(one.ended()).containsExactly(server.serverId());
      assertThat(two.ended()).isEmpty();
      assertThat(
              TestNode.await(
                  two.startLater(
                      new StartServerRequest(
                          server.port(),
                          "",
                          "",
                          null,
                          "{\"name\":\"brief\"," + answering("b") + "}"))))
          .isInstanceOf(StartServerReply.Started.class);
    }
  }

  @Test
  void givenAServerWhoseTimeEndsWhileNothingRuns_whenAnInstanceStarts_thenItDoesNotListen() {
    ServerInfo server;
    try (Instance one = Instance.of("one", data)) {
      server = one.started("{\"expires_in_s\":1," + answering("a") + "}");
    }
    try (Instance two = Instance.of("two", data)) {
      two.endAllLeases();
      two.begin();
      await().until(() -> !two.ended().isEmpty());

      assertThat(two.ended()).containsExactly(server.serverId());
      assertThat(two.list()).isEmpty();
      await().until(() -> !Web.listens(server.port()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenAHundredStartsAtThreeInstances_whenOneDies_thenLimitPortsPagesAndNamesHold(
      boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    List<Instance> living = new ArrayList<>();
    try {
      for (String node : List.of("one", "two", "three")) {
        Instance instance = instance(node, storage);
        instance.begin();
        living.add(instance);
      }
      List<Future<StartServerReply>> replies = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Instance at = living.get(i <= 60 ? i % 3 : i % 2);
        // Pages and names are wanted by several, ports by all.
        String page = i % 2 == 0 ? "/p" + i % 20 : "";
        String name = i % 5 == 0 ? "\"name\":\"n" + i % 15 + "\"," : "";
        replies.add(
            at.startLater(
                new StartServerRequest(0, page, "", null, "{" + name + answering("a") + "}")));
        if (i == 60) {
          living.get(2).vanish();
        }
      }
      replies.forEach(reply -> {
        try {
          TestNode.await(reply);
        } catch (RuntimeException refused) {
          assertThat(refused).isInstanceOf(Exception.class);
        }
      });
      Instance one = living.get(0);
      one.endAllLeases();
      one.round();
      living.get(1).round();
      one.round();

      List<ServerInfo> servers = one.list();
      assertThat(servers).hasSizeBetween(1, 10);
      assertThat(servers).extracting(ServerInfo::serverId).doesNotHaveDuplicates();
      assertThat(servers).extracting(ServerInfo::port).doesNotHaveDuplicates();
      assertThat(servers.stream().map(ServerInfo::pageUri).filter(uri -> !uri.isEmpty()))
          .doesNotHaveDuplicates();
      assertThat(servers.stream().map(ServerInfo::name).filter(java.util.Objects::nonNull))
          .doesNotHaveDuplicates();
      // A server whose port its former owner still had is adopted by a later round.
      await()
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(one.list())
                  .hasSameSizeAs(servers)
                  .allSatisfy(server -> assertThat(answer(server)).isEqualTo("a")));
    } finally {
      living.subList(0, 2).forEach(Instance::close);
    }
  }

  @Test
  void givenRecordedRoutes_whenTheyAreMoreThanTheLimit_thenTheRestIsLeftOut() {
    RouteEdits edits = Instance.edits(Instance.config(Map.of("max-routes", "3")));
    ServerContent content = new ServerContent(null, "{" + answering("a") + "}", List.of(), 7);

    RouteEdits.Changed changed = edits.withRecorded(content, recorded(0, 5)).orElseThrow();

    assertThat(changed.loaded().definition().routes()).hasSize(3);
    assertThat(changed.content().revision()).isEqualTo(7);
    assertThat(edits.withRecorded(changed.content(), recorded(5, 9))).isEmpty();
  }

  @Test
  void givenARecordedRoute_whenItsMatchIsThereAlready_thenItIsLeftOut() {
    RouteEdits edits = Instance.edits(Instance.config());
    ServerContent content = new ServerContent(null, "{\"routes\":[]}", List.of(), 0);

    ServerContent once = edits.withRecorded(content, recorded(0, 2)).orElseThrow().content();

    assertThat(edits.withRecorded(once, recorded(0, 2))).isEmpty();
  }

  private static List<Map<String, Object>> recorded(int from, int to) {
    return IntStream.range(from, to)
        .<Map<String, Object>>mapToObj(
            i -> Map.of("match", Map.of("path", "/r" + i), "response", Map.of("body", "r" + i)))
        .toList();
  }

  @Test
  void givenAServerNobodyListensFor_whenItsOwnerIsAsked_thenTheErrorComesWithinThePatience() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started("{" + answering("a") + "}");
      TestNode.await(one.run(() -> one.store().release(server.serverId())));

      assertThatThrownBy(() -> TestNode.await(one.replaceRoutes(server.serverId(), routes(NEW))))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(fault).hasMessage("ownership of the server is moving; retry");
              });
      assertThat(Set.copyOf(one.list())).hasSize(1);
    }
  }
}
