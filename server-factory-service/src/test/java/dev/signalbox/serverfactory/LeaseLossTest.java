package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.serverfactory.ServerStore.Renewal;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import dev.signalbox.testsupport.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner whose lease ends stops serving by its own clock. */
class LeaseLossTest {

  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path data;

  @Test
  void givenThePausedOwner_whenItGoesOn_thenItAnswersNoRequestAndClosesThePort() throws Exception {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started(0, "/a");
      try (Socket kept = connected(server.port());
          Socket also = connected(server.port())) {
        one.pause(LONG);

        assertThat(answer(kept, "/a")).isEmpty();
        assertThat(answer(also, "/a")).isEmpty();
        await().until(() -> !Web.listens(server.port()));
        assertThat(one.listening()).isEmpty();
      }
    }
  }

  @Test
  void givenALeaseThatEnded_whenItIsRenewedAndTheServerIsStillOurs_thenItServesAgain() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started(0, "/a");
      one.pause(LONG);
      assertThatThrownBy(() -> Web.get(server.port(), "/a"))
          .hasRootCauseInstanceOf(IOException.class);

      one.round();

      assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a");
      assertThat(one.list()).containsExactly(server);
    }
  }

  @Test
  void givenALeaseThatEnded_whenAnotherInstanceAdoptedTheServer_thenItsFirstOwnerForgetsIt() {
    try (Instance one = Instance.of("one", data);
        Instance two = Instance.of("two", data)) {
      ServerInfo server = one.started(0, "/a");
      one.pause(LONG);
      assertThatThrownBy(() -> Web.get(server.port(), "/a"))
          .hasRootCauseInstanceOf(IOException.class);
      await().until(() -> !Web.listens(server.port()));
      two.endAllLeases();
      two.round();
      assertThat(two.listening()).containsExactly(server.serverId());

      one.round();

      assertThat(one.listening()).isEmpty();
      assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a");
    }
  }

  @Test
  void givenADatabaseThatTakesNoWrites_whenTheLeaseEnds_thenPortsCloseUntilItTakesWritesAgain()
      throws Exception {
    try (Instance one =
        Instance.of("one", data, Instance.configWithLease(Duration.ofSeconds(2)), impatient())) {
      one.begin();
      ServerInfo server = one.started(0, "/a");

      try (Connection blocking = lockDatabase()) {
        await().until(() -> !Web.listens(server.port()));
        blocking.rollback();
      }

      await()
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a"));
    }
  }

  @Test
  void givenARenewalWhoseReplyComesAfterItsLease_whenItComes_thenTheServerIsClosed() {
    try (Instance one = Instance.of("one", data)) {
      ServerInfo server = one.started(0, "/a");

      one.roundWithPause(LONG);

      await().until(() -> !Web.listens(server.port()));
      one.round();
      assertThat(Web.listens(server.port())).isTrue();
    }
  }

  @Test
  void givenALeaseThatEnded_whenAServerIsStarted_thenTheLeaseIsRenewedFirst() {
    try (Instance one = Instance.of("one", data)) {
      one.pause(LONG);

      assertThat(one.start(0, "/a")).isInstanceOf(Started.class);

      assertThat(Web.get(one.list().getFirst().port(), "/a").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void givenAnAdoptionThatTakesLong_whenItIsUnderWay_thenTheLeaseIsRenewed() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Instance two = Instance.of("two", data);
    ServerInfo orphan = two.started(0, "/b");
    two.vanish();
    try (Instance one = Instance.of("one", data)) {
      one.begin();
      ServerInfo server = one.started(0, "/a");
      one.delayReading(latch);
      long before = leaseUntil("one");
      endLease("two");

      // Longer than from the last renewal before it to its beginning.
      await().until(() -> leaseUntil("one") > before + 2_000);

      assertThat(one.listening()).containsExactly(server.serverId());
      assertThat(Web.get(server.port(), "/a").body()).isEqualTo("page /a");
      latch.countDown();
      await().until(() -> one.listening().contains(orphan.serverId()));
    }
  }

  private void endLease(String node) throws SQLException {
    try (Connection connection = database();
        var statement =
            connection.prepareStatement("UPDATE owners SET lease_until = 0 WHERE node = ?")) {
      statement.setString(1, node);
      statement.executeUpdate();
    }
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:" + data.resolve(ServerStore.SCHEMA + ".db") + "?busy_timeout=10000");
  }

  private long leaseUntil(String node) throws SQLException {
    try (Connection connection = database();
        var statement =
            connection.prepareStatement("SELECT lease_until FROM owners WHERE node = ?")) {
      statement.setString(1, node);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenNothingChanged_whenTheLeaseIsRenewed_thenNoServerIsRead(boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    try (Instance one = Instance.of("one", data, Instance.config(), storage);
        Instance two = Instance.of("two", data, Instance.config(), storage)) {
      ServerInfo server = one.started(0, "/a");
      Renewal first = renew(one, ServerStore.UNKNOWN);
      assertThat(first.found().orElseThrow().ours())
          .extracting(ServerRow::serverId)
          .containsExactly(server.serverId());

      Renewal again = renew(one, first.version());

      assertThat(again.found()).isEmpty();
      assertThat(again.firstEndMs()).isBetween(1L, Instance.config().lease().toMillis());
      two.stop(server.serverId());
      assertThat(renew(one, first.version()).found().orElseThrow().ours()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenALeaseThatEndedInStorage_whenItIsRenewed_thenServersAreReadAgain(boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    try (Instance one = Instance.of("one", data, Instance.config(), storage)) {
      one.started(0, "/a");
      one.endAllLeases();
      long version = renew(one, ServerStore.UNKNOWN).version();
      one.endAllLeases();

      assertThat(renew(one, version).found().orElseThrow().ours()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenAServerWithoutAnOwner_whenTheLeaseIsRenewed_thenItsEndIsAwaited(boolean postgresql) {
    StorageConfig storage = storage(postgresql);
    try (Instance one = Instance.of("one", data, Instance.config(), storage)) {
      ServerInfo server = one.started("{\"expires_in_s\":600,\"routes\":[{\"response\":{}}]}");
      TestNode.await(one.run(() -> one.store().release(server.serverId())));
      long version =
          TestNode.await(one.run(() -> one.store().renew(ServerStore.UNKNOWN, _ -> true)))
              .version();

      Renewal renewal = TestNode.await(one.run(() -> one.store().renew(version, _ -> true)));

      assertThat(renewal.found()).isEmpty();
      assertThat(renewal.firstEndMs()).isBetween(1L, 600_000L);
    }
  }

  private StorageConfig storage(boolean postgresql) {
    return StorageConfig.of(postgresql ? TestPostgres.freshDatabase().settings() : Map.of());
  }

  private static Renewal renew(Instance instance, long known) {
    return TestNode.await(instance.run(() -> instance.store().renew(known, _ -> false)));
  }

  private static StorageConfig impatient() {
    return StorageConfig.of(Map.of("busy-timeout", "50ms"));
  }

  /** Holds the write lock of the database until it is rolled back. */
  private Connection lockDatabase() throws SQLException {
    Connection connection = database();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE turn SET taken = taken");
    }
    return connection;
  }

  /** A connection that has been used, as clients keep them. */
  private static Socket connected(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    assertThat(answer(socket, "/other")).startsWith("HTTP/1.1 404");
    return socket;
  }

  /** What is answered, empty when the connection is closed without an answer. */
  private static String answer(Socket socket, String path) throws IOException {
    try {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      int read = in.read(buffer);
      return read < 0 ? "" : new String(buffer, 0, read, StandardCharsets.US_ASCII);
    } catch (SocketException reset) {
      return "";
    }
  }
}
