package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServersTest {

  private static final ServerInfo FIRST =
      new ServerInfo("id-1", 50_010, "/test", "node-1", "127.0.0.1", 0);
  private static final ServerInfo SECOND =
      new ServerInfo("id-2", 50_011, "/more", "node-2", "2001:db8::1", 1);
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
                            .serve(
                                ServerFactoryContract.STOP,
                                (request, call) ->
                                    request.serverId().equals("id-1")
                                        ? Future.succeededFuture(new StopServerReply(FIRST))
                                        : Future.failedFuture(
                                            new ServiceException(
                                                ErrorCode.NOT_FOUND, "Server id-9 not found"))))));
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
  }

  private static Reply create(int port) {
    return gateway.post("/api/v1/servers", "{\"port\":" + port + ",\"page_uri\":\"/x\"}");
  }

  @Test
  void wrongFieldsAreNamed() {
    Reply reply = gateway.post("/api/v1/servers", "{\"port\":-1,\"page_uri\":\"x\",\"colour\":1}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors"))
        .extracting(error -> error.get("pointer").asText())
        .containsExactlyInAnyOrder("/port", "/page_uri", "/colour");
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
