package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.storage.Engine;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start beside a database that is not there at every moment. */
class CodeStartTest {

  /** Passes connections on to a PostgreSQL, but for one that it closes at once. */
  private static final class Door implements AutoCloseable {
    private final ServerSocket listening;
    private final URI database;
    private final int closed;
    private final AtomicInteger connections = new AtomicInteger();

    Door(URI database, int closed) throws IOException {
      this.database = database;
      this.closed = closed;
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    String url() {
      return "jdbc:postgresql://127.0.0.1:" + listening.getLocalPort() + database.getPath();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = listening.accept();
          if (connections.incrementAndGet() == closed) {
            client.close();
          } else {
            Socket server = new Socket(database.getHost(), database.getPort());
            Thread.ofVirtual().start(() -> pass(client, server));
            Thread.ofVirtual().start(() -> pass(server, client));
          }
        }
      } catch (IOException e) {
        // Closed: the end.
      }
    }

    private static void pass(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException e) {
        // One side has gone, and so goes the other.
      }
    }

    @Override
    public void close() {
      try {
        listening.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void givenADatabaseThatClosesAConnection_whenStarting_thenTheServiceWaitsAndIsReady(int closed)
      throws IOException {
    Map<String, String> database = new HashMap<>(Fixture.settings(Engine.POSTGRESQL));
    URI address = URI.create(database.get("url").substring("jdbc:".length()));
    try (Door door = new Door(address, closed)) {
      Map<String, String> settings = new HashMap<>();
      database.put("url", door.url());
      database.forEach((key, value) -> settings.put("storage." + key, value));

      try (TestNode node = TestNode.start(CodeMain.SERVICE, settings)) {
        assertThat(door.connections).hasValueGreaterThanOrEqualTo(closed);
        assertThat(node.node().health().ready()).isTrue();
        assertThat(node.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code()).isNotEmpty();
      }
    }
  }
}
