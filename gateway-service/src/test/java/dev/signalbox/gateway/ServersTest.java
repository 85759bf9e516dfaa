package dev.signalbox.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.CountServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.DescribeServerRequest;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServersTest {

  private static final ServerInfo FIRST =
      new ServerInfo("id-1", 50_010, "/test", "node-1", "127.0.0.1", 0);
  private static final ServerInfo SECOND =
      new ServerInfo("id-2", 50_011, "/more", "node-2", "2001:db8::1", 1);
  private static final ServerStatsReply STATS =
      new ServerStatsReply(
          0,
          5,
          4,
          1,
          2,
          Map.of(200, 4L, 0, 1L),
          Map.of("garbage", 1L),
          10,
          20,
          new ServerStatsReply.Latency(1_000, 2_000, 3_000, 4_500),
          List.of(
              new ServerStatsReply.RouteStats("0", 4, new ServerStatsReply.Latency(1, 2, 3, 4))),
          Map.of("login", "started"));
  private static final AtomicReference<Object> received = new AtomicReference<>();
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "server-factory-service",
                    endpoint ->
                        endpoint
                            .serve(
                                ServerFactoryContract.START,
                                (request, call) -> {
                                  received.set(request);
                                  StartServerReply reply =
                                      switch (request.port()) {
                                        case 80 ->
                                            new StartServerReply.Refused(
                                                StartServerReply.Reason.PORT_RANGE,
                                                "Port must be between 1024 and 65535",
                                                false);
                                        case 2_000 ->
                                            new StartServerReply.Refused(
                                                StartServerReply.Reason.LIMIT,
                                                "Cannot create more than 10 servers",
                                                false);
                                        case 3_000 ->
                                            new StartServerReply.Refused(
                                                StartServerReply.Reason.PORT_TAKEN,
                                                "Port 3000 is already in use by server x",
                                                "used".equals(request.idempotencyKey()));
                                        default ->
                                            new StartServerReply.Started(
                                                FIRST, "used".equals(request.idempotencyKey()));
                                      };
                                  return Future.succeededFuture(reply);
                                })
                            .serve(
                                ServerFactoryContract.LIST,
                                (request, call) ->
                                    Future.succeededFuture(
                                        new ListServersReply(List.of(FIRST, SECOND), 10)))
                            .serve(ServerFactoryContract.DESCRIBE, ServersTest::describe)
                            .serve(
                                ServerFactoryContract.REPLACE_ROUTES,
                                (request, call) -> {
                                  received.set(request);
                                  return known(request.server())
                                      .map(server ->
                                          new DescribeServerReply(
                                              server, "{\"routes\":[]}", List.of()));
                                })
                            .serve(
                                ServerFactoryContract.LIST_REQUESTS,
                                (request, call) -> {
                                  received.set(request);
                                  return known(request.server())
                                      .map(_ ->
                                          new ListServerRequestsReply(
                                              List.of(
                                                  request(1, "text".getBytes(UTF_8)),
                                                  request(2, new byte[] {(byte) 0xff})),
                                              2L,
                                              7));
                                })
                            .serve(
                                ServerFactoryContract.COUNT_REQUESTS,
                                (request, call) -> {
                                  received.set(request);
                                  return known(request.server())
                                      .map(_ -> new CountServerRequestsReply(3, 7));
                                })
                            .serve(
                                ServerFactoryContract.CLEAR_REQUESTS,
                                (request, call) -> known(request.server()).map(Empty.EMPTY))
                            .serve(
                                ServerFactoryContract.STATS,
                                (request, call) -> known(request.server()).map(_ -> STATS))
                            .serve(
                                ServerFactoryContract.RESET_SCENARIOS,
                                (request, call) -> known(request.server()).map(Empty.EMPTY))
                            .serve(
                                ServerFactoryContract.STOP,
                                (request, call) ->
                                    request.serverId().equals("id-1")
                                        ? Future.succeededFuture(new StopServerReply(FIRST))
                                        : Future.failedFuture(
                                            new ServiceException(
                                                ErrorCode.NOT_FOUND, "Server id-9 not found"))))));
  }

  private static Future<ServerInfo> known(String server) {
    return server.equals("id-1") || server.equals("name-1")
        ? Future.succeededFuture(FIRST)
        : server.equals("id-2")
            ? Future.succeededFuture(SECOND)
            : Future.failedFuture(
                new ServiceException(ErrorCode.NOT_FOUND, "There is no such server"));
  }

  private static Future<DescribeServerReply> describe(DescribeServerRequest request, Call call) {
    return known(request.server())
        .map(server ->
            server.equals(SECOND)
                ? new DescribeServerReply(server, "{}", List.of(), "it cannot be read")
                : new DescribeServerReply(
                    server, "{\"routes\":[{\"match\":{}}]}", List.of("/a is not understood")));
  }

  private static ServerRequest request(long number, byte[] body) {
    return new ServerRequest(
        number,
        0,
        "127.0.0.1:1",
        "POST",
        "/a?b",
        "HTTP/1.1",
        List.of(new ServerRequest.Header("Host", "x")),
        new Binary(body),
        body.length,
        null,
        404,
        null,
        1_500,
        new ServerRequest.NearMiss("0", List.of("method is POST, not GET")));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void theClassicListHasIdPortAndPage() {
    Reply reply = gateway.get("/active_servers");

    assertThat(reply.json().get("status").asText()).isEqualTo("success");
    assertThat(reply.json().get("active_servers").get(0).toString())
        .startsWith("{\"server_id\":\"id-1\",\"port\":50010,\"page_uri\":\"/test\"");
  }

  @Test
  void theClassicStopSaysWhatBecameOfIt() {
    Reply stopped = gateway.post("/stop_server", "{\"server_id\":\"id-1\"}");
    Reply unknown = gateway.post("/stop_server", "{\"server_id\":\"id-9\"}");
    Reply missing = gateway.post("/stop_server", "{}");
    Reply wrong = gateway.post("/stop_server", "{\"server_id\":7}");

    assertThat(stopped.status()).isEqualTo(200);
    assertThat(stopped.body())
        .isEqualTo("{\"status\":\"success\",\"message\":\"Server id-1 stopped\"}");
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.body())
        .isEqualTo("{\"status\":\"error\",\"message\":\"Server id-9 not found\"}");
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.body())
        .isEqualTo("{\"status\":\"error\",\"message\":\"Server ID is required\"}");
    assertThat(wrong.status()).isEqualTo(400);
  }

  @Test
  void aServerIsCreatedWithItsLocation() {
    Reply reply =
        gateway.post("/api/v1/servers", "{\"page_uri\":\"/test\",\"response_data\":\"x\"}");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.header("location")).isEqualTo("/api/v1/servers/id-1");
    assertThat(reply.json().get("created_at").asText()).isEqualTo("1970-01-01T00:00:00.000Z");
    assertThat(reply.json().get("url").asText()).isEqualTo("http://127.0.0.1:50010/test");
  }

  private static Reply createWithKey(String body, String... keys) {
    return gateway.postWithKeys("/api/v1/servers", body, keys);
  }

  @Test
  void aReplayedStartSaysSo() {
    String body = "{\"page_uri\":\"/test\"}";

    Reply replayed = createWithKey(body, "used");

    assertThat(replayed.status()).isEqualTo(201);
    assertThat(replayed.header("location")).isEqualTo("/api/v1/servers/id-1");
    assertThat(replayed.header("idempotency-replayed")).isEqualTo("true");
    assertThat(createWithKey(body, "new").header("idempotency-replayed")).isEmpty();
  }

  @Test
  void aReplayedRefusalSaysSo() {
    String body = "{\"port\":3000,\"page_uri\":\"/x\"}";

    Reply replayed = createWithKey(body, "used");

    assertThat(replayed.status()).isEqualTo(409);
    assertThat(replayed.json().get("code").asText()).isEqualTo("CONFLICT");
    assertThat(replayed.header("idempotency-replayed")).isEqualTo("true");
    assertThat(createWithKey(body, "new").header("idempotency-replayed")).isEmpty();
  }

  @Test
  void refusalsHaveTheStatusOfTheirReason() {
    assertThat(create(80).status()).isEqualTo(400);
    assertThat(create(80).json().get("errors").get(0).get("pointer").asText()).isEqualTo("/port");
    assertThat(create(2_000).status()).isEqualTo(409);
    assertThat(create(2_000).json().get("code").asText()).isEqualTo("LIMIT_REACHED");
    assertThat(create(3_000).status()).isEqualTo(409);
    assertThat(create(3_000).json().at("/errors/0/pointer").asText()).isEqualTo("/port");
  }

  private static Reply create(int port) {
    return gateway.post("/api/v1/servers", "{\"port\":" + port + ",\"page_uri\":\"/x\"}");
  }

  @Test
  void wrongFieldsAreNamed() {
    Reply reply =
        gateway.post("/api/v1/servers", "{\"port\":-1,\"page_uri\":\"x\",\"response_data\":1}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors"))
        .extracting(error -> error.get("pointer").asText())
        .containsExactlyInAnyOrder("/port", "/page_uri", "/response_data");
  }

  @Test
  void givenNoPageAndNoDefinition_whenAServerIsCreated_thenThePageIsMissed() {
    Reply reply = gateway.post("/api/v1/servers", "{}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().at("/errors/0/pointer").asText()).isEqualTo("/page_uri");
  }

  @Test
  void givenFieldsOfADefinition_whenAServerIsCreated_thenTheServiceGetsThemAsTheyAre() {
    Reply reply =
        gateway.post(
            "/api/v1/servers",
            "{\"name\":\"n\",\"routes\":[{\"match\":{},\"response\":{\"json\":{\"a\":[1,2.5,null]}}}],"
                + "\"port\":0,\"colour\":1}");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().has("import_notes")).isFalse();
    assertThat(((StartServerRequest) received.get()).pageUri()).isEmpty();
    assertThat(((StartServerRequest) received.get()).definition())
        .isEqualTo(
            "{\"name\":\"n\",\"routes\":[{\"match\":{},\"response\":{\"json\":{\"a\":[1,2.5,null]}}}],"
                + "\"colour\":1}");
  }

  @Test
  void givenADefinitionThatCannotBeRead_whenTheServerIsDescribed_thenTheReasonIsShown() {
    Reply unreadable = gateway.get("/api/v1/servers/id-2");

    assertThat(unreadable.status()).isEqualTo(200);
    assertThat(unreadable.json().get("definition_error").asText()).isEqualTo("it cannot be read");
    assertThat(unreadable.json().get("definition")).isEmpty();
    assertThat(gateway.get("/api/v1/servers/id-1").json().has("definition_error")).isFalse();
  }

  @Test
  void givenAnImport_whenAServerIsCreated_thenItsNotesAreShown() {
    Reply reply = gateway.post("/api/v1/servers", "{\"wiremock\":{}}");

    assertThat(reply.json().at("/import_notes/0").asText()).isEqualTo("/a is not understood");
  }

  @Test
  void givenALargeDefinition_whenAServerIsCreated_thenItIsTakenUpToFiveMebibytes() {
    String text = "x".repeat(4 << 20);

    assertThat(gateway.post("/api/v1/servers", "{\"routes\":\"" + text + "\"}").status())
        .isEqualTo(201);
    assertThat(gateway.post("/api/v1/servers", "{\"routes\":\"" + text + text + "\"}").status())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id-1", "name-1"})
  void givenAServer_whenItIsRead_thenItsDefinitionIsThere(String server) {
    Reply reply = gateway.get("/api/v1/servers/" + server);

    assertThat(reply.json().at("/server_id").asText()).isEqualTo("id-1");
    assertThat(reply.json().at("/definition").toString())
        .isEqualTo("{\"routes\":[{\"match\":{}}]}");
    assertThat(reply.json().at("/tls").asBoolean()).isFalse();
    assertThat(reply.json().at("/expires_at").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"routes\":[]}", "{\"openapi\":\"openapi: 3.1.0\"}"})
  void givenRoutes_whenTheyAreReplaced_thenTheServiceGetsThemAsTheyAre(String routes) {
    Reply reply = put("name-1", routes);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/definition/routes").isArray()).isTrue();
    assertThat(received.get()).isEqualTo(new ReplaceRoutesRequest("name-1", routes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "\"x\"", "[", "{\"a\":1,\"a\":2}"})
  void givenNoRoutes_whenTheyAreReplaced_thenTheyAreRefused(String routes) {
    assertThat(put("id-1", routes).status()).isEqualTo(400);
  }

  private static Reply put(String server, String routes) {
    return gateway.send(
        "main",
        "PUT",
        "/api/v1/servers/" + server + "/routes",
        routes,
        "Content-Type",
        "application/json");
  }

  @Test
  void givenAJournal_whenItIsRead_thenBodiesAreTextWhereTheyCanBe() {
    JsonNode page = gateway.get("/api/v1/servers/id-1/requests?after=0&limit=2").json();

    assertThat(page.at("/items/0/body").asText()).isEqualTo("text");
    assertThat(page.at("/items/0/duration_ms").asDouble()).isEqualTo(1.5);
    assertThat(page.at("/items/0/nearest/route").asText()).isEqualTo("0");
    assertThat(page.at("/items/1/body_base64").asText()).isEqualTo("/w==");
    assertThat(page.at("/items/1").has("body")).isFalse();
    assertThat(page.at("/next").asText()).isEqualTo("2");
    assertThat(page.at("/forgotten").asInt()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/requests", "/requests/count"})
  void givenFilters_whenTheJournalIsAsked_thenTheServiceGetsThemAll(String path) {
    gateway.get(
        "/api/v1/servers/id-1"
            + path
            + "?method=GET&path=/a&path_prefix=/&route=r&status=404&unmatched=true&body_contains=b");

    assertThat(
            received.get() instanceof ListServerRequestsRequest list
                ? list.filter()
                : ((CountServerRequestsRequest) received.get()).filter())
        .isEqualTo(new ServerRequestFilter("GET", "/a", "/", "r", 404, true, "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/requests?after=-1",
        "/requests?limit=0",
        "/requests?limit=1001",
        "/requests?status=600",
        "/requests?unmatched=perhaps",
        "/requests?colour=1",
        "/requests/count?after=1",
        "/requests/count?unmatched=2",
        "/stats?x=1"
      })
  void givenAWrongParameter_whenTheJournalIsAsked_thenItIsNamed(String path) {
    Reply reply = gateway.get("/api/v1/servers/id-1" + path);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().at("/errors/0/pointer").asText()).startsWith("?");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, '', 200",
    "PUT, /routes, 200",
    "GET, /requests, 200",
    "GET, /requests/count, 200",
    "DELETE, /requests, 204",
    "GET, /stats, 200",
    "POST, /scenarios/reset, 204"
  })
  void givenAServerThatIsOrIsNot_whenItIsAsked_thenTheAnswerIsThatOrNotFound(
      String method, String path, int status) {
    for (String server : List.of("id-1", "name-1", "no-such")) {
      Reply reply =
          gateway.send(
              "main",
              method,
              "/api/v1/servers/" + server + path,
              method.equals("PUT") ? "[]" : null,
              "Content-Type",
              "application/json");

      assertThat(reply.status()).isEqualTo(server.equals("no-such") ? 404 : status);
    }
  }

  @Test
  void givenCounters_whenTheyAreRead_thenTimesAreMilliseconds() {
    JsonNode stats = gateway.get("/api/v1/servers/id-1/stats").json();

    assertThat(stats.at("/latency_ms/max").asDouble()).isEqualTo(4.5);
    assertThat(stats.at("/statuses/200").asInt()).isEqualTo(4);
    assertThat(stats.at("/routes/0/route").asText()).isEqualTo("0");
    assertThat(stats.at("/scenarios/login").asText()).isEqualTo("started");
  }

  @Test
  void serversAreListedInPagesAndFoundById() {
    Reply first = gateway.get("/api/v1/servers?limit=1");
    String next = first.json().get("next").asText();
    Reply second = gateway.get("/api/v1/servers?limit=1&after=" + next);

    assertThat(first.json().get("items")).extracting(ServersTest::id).containsExactly("id-1");
    assertThat(second.json().get("items")).extracting(ServersTest::id).containsExactly("id-2");
    assertThat(second.json().get("next").isNull()).isTrue();
    assertThat(gateway.get("/api/v1/servers/id-2").json().get("port").asInt()).isEqualTo(50_011);
    assertThat(gateway.get("/api/v1/servers/id-9").status()).isEqualTo(404);
  }

  @Test
  void givenACursorWhoseServerIsGone_whenTheNextPageIsRead_thenItGoesOnThere() {
    Reply reply = gateway.get("/api/v1/servers?limit=1&after=0.id-1-and-gone");

    assertThat(reply.json().get("items")).extracting(ServersTest::id).containsExactly("id-2");
  }

  @Test
  void givenNoCursor_whenItIsSentAsOne_thenItIsRefused() {
    assertThat(gateway.get("/api/v1/servers?after=id-1").status()).isEqualTo(400);
    assertThat(gateway.get("/api/v1/servers?after=").status()).isEqualTo(400);
    assertThat(gateway.get("/api/v1/servers?after=-1.id-1").status()).isEqualTo(400);
  }

  @Test
  void givenAServerAtAnIpv6Address_whenItIsShown_thenItsUrlHasBrackets() {
    assertThat(gateway.get("/api/v1/servers/id-2").json().get("url").asText())
        .isEqualTo("http://[2001:db8::1]:50011/more");
  }

  private static String id(JsonNode server) {
    return server.get("server_id").asText();
  }

  @Test
  void aServerIsDeletedWithoutABody() {
    Reply reply = gateway.send("main", "DELETE", "/api/v1/servers/id-1", null);

    assertThat(reply.status()).isEqualTo(204);
    assertThat(reply.header("content-length")).isEmpty();
    assertThat(gateway.send("main", "DELETE", "/api/v1/servers/id-9", null).status())
        .isEqualTo(404);
    assertThat(gateway.send("main", "DELETE", "/api/v1/servers/a%00b", null).status())
        .isEqualTo(400);
    assertThat(gateway.send("main", "PUT", "/api/v1/servers/id-1", "").header("allow"))
        .isEqualTo("GET, HEAD, DELETE, OPTIONS");
  }
}
