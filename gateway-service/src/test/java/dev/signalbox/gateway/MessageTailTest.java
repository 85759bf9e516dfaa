package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.MessagesStoredEvent;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as they are stored, as clients see them. */
class MessageTailTest {

  private final List<StoredMessage> stored = new CopyOnWriteArrayList<>();
  private final List<ListMessagesRequest> listed = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicReference<ServiceContext> context = new AtomicReference<>();
  private final List<RawClient> clients = new ArrayList<>();
  private GatewayFixture gateway;

  private void start(String... settings) {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "code-service",
                    endpoint ->
                        endpoint.serve(
                            CodeContract.LIST_MESSAGES, (request, call) -> list(request)),
                    context::set)),
            settings);
  }

  private Future<ListMessagesReply> list(ListMessagesRequest request) {
    listed.add(request);
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Future.failedFuture(new ServiceException(ErrorCode.OVERLOADED, "Busy"));
    }
    List<StoredMessage> page =
        stored.stream()
            .filter(message -> message.id() > request.after())
            .limit(request.limit())
            .toList();
    long seenTo = page.isEmpty() ? request.after() : page.getLast().id();
    return Future.succeededFuture(new ListMessagesReply(page, seenTo < stored.size(), seenTo));
  }

  private void store(int count) {
    for (int i = 0; i < count; i++) {
      long id = stored.size() + 1L;
      stored.add(new StoredMessage(id, "u", "text " + id, 0, "00"));
    }
  }

  private void tell() {
    context
        .get()
        .bus()
        .publish(CodeContract.MESSAGES_STORED, new MessagesStoredEvent(stored.size()));
  }

  private RawClient tail(String query, String headers) {
    RawClient client = gateway.raw();
    clients.add(client);
    return client.send(
        "GET /api/v1/messages"
            + query
            + " HTTP/1.1\r\n$HOST\r\nAccept: text/event-stream\r\n"
            + headers
            + "\r\n");
  }

  private static String until(RawClient client, String wanted) {
    StringBuilder text = new StringBuilder(client.readChunkAfterHead());
    return more(client, text, wanted);
  }

  private static String more(RawClient client, StringBuilder text, String wanted) {
    while (text.indexOf(wanted) < 0) {
      text.append(client.readChunk());
    }
    return text.toString();
  }

  private static List<String> ids(String text) {
    return text.lines()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.replaceAll(".*\"id\":(\\d+),.*", "$1"))
        .toList();
  }

  @AfterEach
  void stop() {
    clients.forEach(RawClient::close);
    if (gateway != null) {
      gateway.close();
    }
  }

  @Test
  void givenHistory_whenAReaderComes_thenItGetsHistoryAndThenWhatIsStored() {
    start();
    store(100);
    RawClient client = tail("", "");
    StringBuilder text = new StringBuilder(until(client, "\"id\":100,"));

    store(2);
    tell();

    assertThat(ids(more(client, text, "\"id\":102,")))
        .hasSize(102)
        .startsWith("1", "2")
        .endsWith("101", "102")
        .doesNotHaveDuplicates();
  }

  @Test
  void givenAReaderThatReturns_whenItNamesItsLastMessage_thenNothingIsLostOrDoubled() {
    start();
    store(5);

    String text = until(tail("?after=0", "Last-Event-ID: 3\r\n"), "\"id\":5,");

    assertThat(text).startsWith("retry: 2000\n\nid: 3\n\nid: 4\nevent: message\ndata: {\"id\":4,");
    assertThat(ids(text)).containsExactly("4", "5");
  }

  @Test
  void givenALostEventOfTheBus_whenTheHeartbeatComes_thenTheMessageIsRead() {
    start("gateway.event-heartbeat", "100ms");
    RawClient client = tail("", "");
    StringBuilder text = new StringBuilder(client.readChunkAfterHead());

    store(1);

    more(client, text, "\"id\":1,");
  }

  @Test
  void givenAServiceThatFails_whenItRecovers_thenTheTailGoesOn() {
    start();
    store(1);
    failures.set(2);

    assertThat(ids(until(tail("", ""), "\"id\":1,"))).containsExactly("1");
  }

  @Test
  void givenAFilter_whenATailReads_thenTheServiceIsAskedForIt() {
    start();
    store(1);

    until(tail("?uuid=a&contains=b&since=1970-01-01T00:00:01Z", ""), "\"id\":1,");

    assertThat(listed.getFirst()).isEqualTo(new ListMessagesRequest(0, 32, "a", 1_000L, null, "b"));
  }

  @Test
  void givenABadLastEventId_whenATailIsAskedFor_thenItIsRefused() {
    start();

    assertThat(
            gateway
                .send(
                    "main",
                    "GET",
                    "/api/v1/messages",
                    null,
                    "Accept",
                    "text/event-stream",
                    "Last-Event-ID",
                    "x")
                .status())
        .isEqualTo(400);
  }

  @Test
  void givenTheBoundOfReaders_whenOneMoreTailsMessages_thenItIsRefusedAndListsAreNot() {
    start("gateway.max-event-readers", "1");
    tail("", "").readChunkAfterHead();

    assertThat(
            gateway
                .send("main", "GET", "/api/v1/messages", null, "Accept", "text/event-stream")
                .status())
        .isEqualTo(503);
    assertThat(gateway.get("/api/v1/messages").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json, application/x-ndjson, text/event-stream | application/json",
        "text/event-stream;q=0.5, application/json | application/json",
        "text/event-stream;q=0, application/x-ndjson | application/x-ndjson",
        "application/x-ndjson, application/json;q=0.9 | application/x-ndjson",
      })
  void givenSeveralMediaTypes_whenMessagesAreListed_thenTheFirstOfTheHighestWeightIsSent(
      String accept, String sent) {
    start();
    store(1);

    GatewayFixture.Reply reply =
        gateway.send("main", "GET", "/api/v1/messages", null, "Accept", accept);

    assertThat(reply.header("content-type")).startsWith(sent);
  }

  @Test
  void givenAReaderThatLeaves_whenMessagesAreStored_thenNobodyReadsThemForIt() {
    start();
    tail("", "").readChunkAfterHead();
    clients.forEach(RawClient::close);
    await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body())
                .contains("signalbox_gateway_event_readers 0.0"));
    listed.clear();

    store(1);
    tell();

    assertThat(gateway.get("/api/v1/messages").status()).isEqualTo(200);
    assertThat(listed).hasSize(1);
  }

  private long memoryHeld() {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("signalbox_gateway_event_memory_bytes "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void givenTailsThatDoNotRead_whenTheMemoryOfAllIsUsedUp_thenTheyAreCutAndWhoReadsGetsAll() {
    start("gateway.event-memory-bytes", "33554432");
    String text = "x".repeat(65_000);
    for (long id = 1; id <= 200; id++) {
      stored.add(new StoredMessage(id, "u", text, 0, "00"));
    }
    for (int i = 0; i < 40; i++) {
      tail("", "").readChunkAfterHead();
    }

    RawClient good = tail("", "");
    StringBuilder got = new StringBuilder(good.readChunkAfterHead());
    long most = 0;
    while (got.indexOf("\"id\":200,", Math.max(0, got.length() - 200_000)) < 0) {
      got.append(good.readChunk());
      most = Math.max(most, memoryHeld());
    }

    assertThat(ids(got.toString())).hasSize(200).doesNotHaveDuplicates();
    assertThat(most).isBetween(1L, 32L << 20);
    clients.forEach(RawClient::close);
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(memoryHeld()).isZero());
  }

  @Test
  void givenManyPlaces_whenTailsReadAtOnce_thenPagesWaitForMemoryAndAllCome() {
    start("gateway.event-memory-bytes", "33554432");
    store(40);
    for (int i = 0; i < 30; i++) {
      tail("?after=" + i, "");
    }

    for (int i = 0; i < 30; i++) {
      assertThat(ids(until(clients.get(i), "\"id\":40,"))).hasSize(40 - i);
    }
  }

  @Test
  void givenATail_whenTheGatewayStops_thenItEndsCleanly() throws Exception {
    start();
    RawClient client = tail("", "");
    client.readChunkAfterHead();

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(gateway::close);

    assertThat(client.readToEnd()).endsWith("0\r\n\r\n");
    stopped.get(30, TimeUnit.SECONDS);
    gateway = null;
  }
}
