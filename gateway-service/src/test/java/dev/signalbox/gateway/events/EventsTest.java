package dev.signalbox.gateway.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventsTest {

  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(
            "gateway.max-event-readers",
            "40",
            "gateway.max-in-flight",
            "2",
            "gateway.max-waiting",
            "0",
            "gateway.event-heartbeat",
            "100ms",
            "gateway.event-history",
            "100",
            "gateway.event-reader-bytes",
            "65536");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void publish(int port, String uri) {
    gateway
        .node()
        .bus()
        .publish(
            ServerFactoryContract.CHANGED,
            new ServerChanged("created", new ServerInfo("id", port, uri, "node", "host", 0)));
  }

  private RawClient open(String query, String header) {
    return gateway
        .raw()
        .send("GET /api/v1/events" + query + " HTTP/1.1\r\n$HOST\r\n" + header + "\r\n");
  }

  /** Reads chunks until their text contains a word; returns all of the text. */
  private static String readUntil(RawClient client, String word) {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(word) < 0) {
      text.append(client.readChunk());
    }
    return text.toString();
  }

  private RawClient reader(String query) {
    RawClient client = open(query, "");
    assertThat(client.readChunkAfterHead()).isEqualTo("retry: 2000\n\n");
    readUntil(client, "id: ");
    return client;
  }

  private static String id(String text) {
    return text.lines().filter(line -> line.startsWith("id: ")).toList().getLast().substring(4);
  }

  @Test
  void givenAReader_whenAServerIsCreated_thenItGetsOneEvent() {
    try (RawClient client = reader("?topics=servers")) {
      publish(4711, "/a");

      String text = readUntil(client, "/a");

      assertThat(text)
          .contains(
              "event: servers.created\ndata: {\"server_id\":\"id\",\"name\":null,\"port\":4711,")
          .endsWith("}\n\n");
    }
  }

  @Test
  void givenAReaderOfAnotherTopic_whenAServerIsCreated_thenItGetsOnlyHeartbeats() {
    try (RawClient other = reader("?topics=services,tasks");
        RawClient all = reader("")) {
      publish(4711, "/a");
      readUntil(all, "/a");

      assertThat(readUntil(other, ":\n\n")).doesNotContain("servers.created");
    }
  }

  @Test
  void givenAnUnknownTopic_whenOpened_then400NamesTheField() {
    var reply = gateway.get("/api/v1/events?topics=servers,trains");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("?topics");
  }

  @Test
  void givenAnIdOfThisProcess_whenReconnected_thenExactlyTheMissedEventsCome() {
    try (RawClient witness = reader("?topics=servers")) {
      publish(1, "/first");
      String id = id(readUntil(witness, "/first"));
      publish(2, "/second");
      publish(3, "/third");
      readUntil(witness, "/third");

      try (RawClient client = open("?topics=servers", "Last-Event-ID: " + id + "\r\n")) {
        client.readChunkAfterHead();
        String text = client.readChunk();

        assertThat(text).containsSubsequence("/second", "/third").doesNotContain("/first", "reset");
      }
    }
  }

  @Test
  void givenAnIdOfAnotherProcess_whenReconnected_thenResetComesFirst() {
    try (RawClient client = open("?last_event_id=0123456789abcdef-7", "")) {
      client.readChunkAfterHead();

      assertThat(client.readChunk()).contains("event: reset\ndata: {\"from\":\"");
    }
  }

  @Test
  void givenAnIdThatTheHistoryHasLost_whenReconnected_thenResetComesFirst() {
    try (RawClient witness = reader("?topics=servers")) {
      publish(1, "/first");
      String id = id(readUntil(witness, "/first"));
      for (int i = 0; i < 200; i++) {
        publish(2, "/" + i + "/");
        // One at a time: a burst of more than the history holds cuts every reader.
        readUntil(witness, "/" + i + "/");
      }

      try (RawClient client = open("", "Last-Event-ID: " + id + "\r\n")) {
        client.readChunkAfterHead();

        assertThat(client.readChunk()).contains("event: reset\n");
      }
    }
  }

  @Test
  void givenMoreReadersThanRequestsInFlight_whenOthersCall_thenTheyAreAnswered() {
    List<RawClient> readers = new ArrayList<>();
    try {
      // The share of one client: three quarters of 40.
      for (int i = 0; i < 30; i++) {
        readers.add(reader("?topics=servers"));
      }

      assertThat(gateway.get("/api/v1/services").status()).isEqualTo(200);
      var refused = gateway.get("/api/v1/events");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("1");

      publish(1, "/all");
      readers.forEach(client -> assertThat(readUntil(client, "/all")).contains("servers.created"));
    } finally {
      readers.forEach(RawClient::close);
    }
  }

  @Test
  void givenAReaderThatStopsReading_whenManyEventsCome_thenItIsCut() {
    try (RawClient slow = reader("?topics=servers");
        RawClient witness = reader("?topics=servers")) {
      String filler = "/" + "x".repeat(8_000);
      for (int i = 0; i < 2_000; i++) {
        publish(1, filler + i + "/");
        if (i % 4 == 0) {
          readUntil(witness, "x" + i + "/");
        }
      }

      // It gets what was in the sockets, then the end of the connection, not the last event.
      String rest;
      try {
        rest = slow.readToEnd();
      } catch (java.io.UncheckedIOException reset) {
        rest = "";
      }
      assertThat(rest).doesNotContain("x1999/");
    }
  }

  @Test
  void givenAReader_whenTheGatewayStops_thenItsStreamEndsCleanly() {
    try (RawClient client = reader("?topics=servers")) {
      gateway.close();

      assertThat(client.readToEnd()).endsWith("0\r\n\r\n");
    }
  }
}
