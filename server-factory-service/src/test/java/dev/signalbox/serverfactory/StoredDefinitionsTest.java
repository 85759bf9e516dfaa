package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Definitions in storage that this version cannot serve, as another version, or a damaged disk, has
 * left them: they concern their own server alone.
 */
class StoredDefinitionsTest {

  private static final String ROUTES =
      "[{\"match\":{\"path\":\"/x\"},\"response\":{\"body\":\"new\"}}]";

  /** What may be wrong with a definition, and a part of how that is told. */
  enum Fault {
    EXPRESSION_TOO_LARGE(matching("(?:a|b|c|dddd){1,900}"), "/routes/0/match/path_regex"),
    EXPRESSION_TOO_DEEP(matching("x{0,1000}"), "/routes/0/match/path_regex"),
    UNKNOWN_FIELD("{\"name\":\"bad\",\"routes\":" + ROUTES + ",\"newer\":{}}", "/newer"),
    UNKNOWN_FIELD_OF_A_ROUTE(
        "{\"name\":\"bad\",\"routes\":[{\"newer\":1,\"response\":{\"body\":\"a\"}}]}",
        "/routes/0/newer"),
    OTHER_TYPE("{\"name\":\"bad\",\"routes\":{\"a\":1}}", "/routes"),
    CUT_OFF("{\"name\":\"bad\",\"routes\":[{\"match\":{\"pa", "JSON"),
    EMPTY("", "JSON"),
    NO_OBJECT("[1,2]", "must be an object"),
    NOT_TEXT("\u0001\u0002\ufffd", "JSON");

    private final String definition;
    private final String told;

    Fault(String definition, String told) {
      this.definition = definition;
      this.told = told;
    }

    private static String matching(String expression) {
      return "{\"name\":\"bad\",\"routes\":[{\"match\":{\"path_regex\":\""
          + expression
          + "\"},\"response\":{\"body\":\"old\"}}]}";
    }

    /** Whether what is wrong is in the routes alone, so that others mend it. */
    boolean inRoutes() {
      return told.startsWith("/routes");
    }
  }

  @TempDir Path data;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private ServerInfo good;
  private ServerInfo bad;

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger(Ownership.class)).addAppender(log);
  }

  @AfterEach
  void detach() {
    ((Logger) LoggerFactory.getLogger(Ownership.class)).detachAppender(log);
  }

  private String url() {
    return "jdbc:sqlite:" + data.resolve(ServerStore.SCHEMA + ".db");
  }

  /** As another version would have stored it. */
  private void store(String column, String value) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE servers SET " + column + " = ? WHERE server_id = ?")) {
      update.setString(1, value);
      update.setString(2, bad.serverId());
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  private @Nullable String stored() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        PreparedStatement select =
            connection.prepareStatement("SELECT definition FROM servers WHERE server_id = ?")) {
      select.setString(1, bad.serverId());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** Two servers, of which one cannot be read by the time that the next instance starts. */
  private Instance restarted(Fault fault) throws SQLException {
    try (Instance one = Instance.of("one", data)) {
      bad = one.started("{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
      good = one.started("{\"name\":\"good\",\"routes\":" + ROUTES + "}");
    }
    store("definition", fault.definition);
    Instance two = Instance.of("two", data);
    two.endAllLeases();
    for (int i = 0; i < 12; i++) {
      two.round();
    }
    return two;
  }

  @ParameterizedTest
  @EnumSource
  void givenADefinitionThatCannotBeRead_whenAnInstanceStarts_thenTheOthersListenAndItIsToldOnce(
      Fault fault) throws Exception {
    try (Instance two = restarted(fault)) {
      assertThat(two.listening()).containsExactly(good.serverId());
      assertThat(Web.get(good.port(), "/x").body()).isEqualTo("new");
      assertThat(stored()).isEqualTo(fault.definition);
      assertThat(warnings())
          .singleElement()
          .satisfies(line ->
              assertThat(line)
                  .contains(bad.serverId(), "bad", "definition cannot be read", fault.told));
    }
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void givenADefinitionThatCannotBeRead_whenItsServerIsLookedAt_thenTheReasonIsThere(Fault fault)
      throws Exception {
    try (Instance two = restarted(fault)) {
      DescribeServerReply described = two.describe("bad");

      assertThat(described.definitionError()).contains(fault.told);
      assertThat(described.definition()).startsWith("{").endsWith("}");
      assertThat(described.server().node()).isEmpty();
      assertThat(two.describe("good").definitionError()).isNull();
      assertThat(two.list()).hasSize(2);
      assertThat(stored()).isEqualTo(fault.definition);
    }
  }

  @ParameterizedTest
  @EnumSource
  void givenADefinitionThatCannotBeRead_whenItsServerIsStopped_thenItCanBeMadeAnew(Fault fault)
      throws Exception {
    try (Instance two = restarted(fault)) {
      two.stop("bad");

      assertThat(stored()).isNull();
      ServerInfo anew = two.started("{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
      assertThat(Web.get(anew.port(), "/x").body()).isEqualTo("new");
      two.round();
      assertThat(two.listening()).containsExactlyInAnyOrder(good.serverId(), anew.serverId());
    }
  }

  @ParameterizedTest
  @EnumSource
  void givenADefinitionThatCannotBeRead_whenItsRoutesAreReplaced_thenItListensIfTheyWereTheFault(
      Fault fault) throws Exception {
    try (Instance two = restarted(fault)) {
      if (fault.inRoutes()) {
        DescribeServerReply replaced = TestNode.await(two.replaceRoutes("bad", ROUTES));

        assertThat(replaced.definitionError()).isNull();
        assertThat(replaced.server().node()).isEqualTo("two");
        assertThat(Web.get(bad.port(), "/x").body()).isEqualTo("new");
      } else {
        assertThatThrownBy(() -> TestNode.await(two.replaceRoutes("bad", ROUTES)))
            .isInstanceOfSatisfying(
                ServiceException.class,
                refused -> {
                  assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
                  assertThat(refused)
                      .hasMessageContaining(fault.told)
                      .hasMessageContaining("delete");
                });
        assertThat(stored()).isEqualTo(fault.definition);
        assertThat(two.describe("bad").definitionError()).contains(fault.told);
      }
    }
  }

  @Test
  void givenADefinitionThatCannotBeRead_whenItsRoutesAreReplacedByOthersThatCannot_thenItStays()
      throws Exception {
    try (Instance two = restarted(Fault.EXPRESSION_TOO_DEEP)) {
      assertThatThrownBy(() -> TestNode.await(two.replaceRoutes("bad", "[1]")))
          .isInstanceOfSatisfying(
              ServiceException.class,
              refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST));

      assertThat(stored()).isEqualTo(Fault.EXPRESSION_TOO_DEEP.definition);
      assertThat(two.describe("bad").server().node()).isEmpty();
    }
  }

  @Test
  void givenADefinitionThatCannotBeRead_whenTheOwnerOfItsServerIsAsked_thenTheReasonComesAtOnce()
      throws Exception {
    try (Instance two = restarted(Fault.CUT_OFF)) {
      assertThatThrownBy(() -> TestNode.await(two.stats("bad")))
          .isInstanceOfSatisfying(
              ServiceException.class,
              refused -> {
                assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
                assertThat(refused).hasMessageContaining("definition cannot be read");
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void givenADefinitionThatCannotBeRead_whenTheTimeOfItsServerIsOver_thenItsNameIsFree(Fault fault)
      throws Exception {
    try (Instance two = restarted(fault)) {
      store("expires_at", "1"); // As time does it: the version of the servers stays.

      two.round();

      assertThat(two.ended()).containsExactly(bad.serverId());
      assertThat(stored()).isNull();
      ServerInfo anew = two.started("{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
      assertThat(Web.get(anew.port(), "/x").body()).isEqualTo("new");
    }
  }

  @Test
  void givenADefinitionThatCannotBeRead_whenItsServerIsStoppedElsewhere_thenItIsForgotten()
      throws Exception {
    try (Instance two = restarted(Fault.UNKNOWN_FIELD);
        Instance three = Instance.of("three", data)) {
      assertThat(two.remembered()).containsExactly(bad.serverId());
      three.stop("bad");

      two.round();

      assertThat(two.remembered()).isEmpty();
    }
  }

  @Test
  void givenADefinitionThatWasFoundUnreadable_whenItsServerIsLookedAt_thenItIsNotReadAgain()
      throws Exception {
    try (Instance two = restarted(Fault.UNKNOWN_FIELD)) {
      whileNothingIsRead(
          two, () -> assertThat(two.describe("bad").definitionError()).contains("/newer"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"UNKNOWN_FIELD", "CUT_OFF"})
  void givenAServerThatNobodyTriedHere_whenItIsLookedAtTwice_thenItsDefinitionIsReadOnce(
      Fault fault) throws Exception {
    try (Instance one = Instance.of("one", data)) {
      bad = one.started("{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
    }
    try (Instance two = Instance.of("two", data)) {
      store("owner", "");
      assertThat(two.describe("bad").definitionError()).isNull();
      whileNothingIsRead(two, () -> assertThat(two.describe("bad").definitionError()).isNull());

      store("definition", fault.definition);
      store("revision", "7");
      assertThat(two.describe("bad").definitionError()).contains(fault.told);
      whileNothingIsRead(
          two, () -> assertThat(two.describe("bad").definitionError()).contains(fault.told));
    }
  }

  private static void whileNothingIsRead(Instance instance, Runnable work) {
    CountDownLatch reading = new CountDownLatch(1);
    instance.delayReading(reading);
    try {
      work.run();
    } finally {
      reading.countDown();
    }
  }

  @Test
  void givenADefinitionThatOneInstanceCannotRead_whenAnotherCan_thenThatOneListens() {
    try (Instance one = Instance.of("one", data)) {
      bad = one.started("{\"routes\":[{\"response\":{}}," + ROUTES.substring(1) + "}");
    }
    ServerFactoryConfig narrow = Instance.config(Map.of("max-routes", "1"));
    try (Instance two = Instance.of("two", data, narrow, StorageConfig.of(Map.of()));
        Instance three =
            Instance.of("three", data, Instance.config(), StorageConfig.of(Map.of()))) {
      two.endAllLeases();
      two.round();
      assertThat(two.describe(bad.serverId()).definitionError()).contains("/routes");

      for (int i = 0; i < 3; i++) {
        three.round();
        two.round();
      }

      assertThat(three.listening()).containsExactly(bad.serverId());
      assertThat(two.listening()).isEmpty();
      assertThat(two.describe(bad.serverId()).definitionError()).isNull();
      assertThat(TestNode.await(two.stats(bad.serverId())).requests()).isZero();
    }
  }

  @Test
  void givenADefinitionThatIsMendedInStorage_whenItsRevisionIsAnother_thenItListens()
      throws Exception {
    try (Instance two = restarted(Fault.UNKNOWN_FIELD)) {
      store("definition", "{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
      store("revision", "7");
      two.endAllLeases(); // Counts as a change.

      two.round();

      assertThat(two.listening()).containsExactlyInAnyOrder(good.serverId(), bad.serverId());
    }
  }

  @Test
  void givenNotesThatCannotBeRead_whenAnInstanceStarts_thenTheServerListens() throws Exception {
    try (Instance one = Instance.of("one", data)) {
      bad = one.started("{\"name\":\"bad\",\"routes\":" + ROUTES + "}");
    }
    store("import_notes", "{\"notes\":[");

    try (Instance two = Instance.of("two", data)) {
      two.endAllLeases();
      two.round();

      assertThat(Web.get(bad.port(), "/x").body()).isEqualTo("new");
      assertThat(two.describe("bad").notes()).singleElement().asString().contains("cannot be read");
    }
  }
}
