package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.GetCheckpointReply;
import dev.signalbox.contracts.code.IssueCodeReply;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesTest {

  private static final String MESSAGE = "{\"uuid\":\"u\",\"unique\":\"right\",\"text\":\"x\"}";
  private static final List<StoreMessageRequest> STORED = new CopyOnWriteArrayList<>();
  private static final Queue<ListMessagesRequest> LISTED = new ConcurrentLinkedQueue<>();
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "code-service",
                    endpoint ->
                        endpoint
                            .serve(
                                CodeContract.ISSUE,
                                (request, call) ->
                                    switch (request.uuid()) {
                                      case "bad" ->
                                          Future.failedFuture(
                                              ServiceException.invalid("/uuid", "is not allowed"));
                                      case "outage" ->
                                          Future.failedFuture(
                                              new ServiceException(
                                                  ErrorCode.STORAGE_UNAVAILABLE,
                                                  "code-service cannot reach its storage"));
                                      default ->
                                          Future.succeededFuture(
                                              new IssueCodeReply(
                                                  "it's " + request.uuid(),
                                                  request.uuid().equals("new")));
                                    })
                            .serve(
                                CodeContract.STORE_MESSAGE,
                                (request, call) -> {
                                  STORED.add(request);
                                  return switch (request.unique()) {
                                    case "right" ->
                                        Future.succeededFuture(
                                            new StoreMessageReply.Stored(
                                                7, 1_000, "used".equals(request.idempotencyKey())));
                                    case "busy" ->
                                        Future.failedFuture(
                                            new ServiceException(ErrorCode.OVERLOADED, "Busy"));
                                    case "nobody" ->
                                        Future.succeededFuture(new StoreMessageReply.UnknownUuid());
                                    default ->
                                        Future.succeededFuture(new StoreMessageReply.WrongCode());
                                  };
                                })
                            .serve(
                                CodeContract.LIST_MESSAGES,
                                (request, call) -> {
                                  LISTED.add(request);
                                  return Future.succeededFuture(
                                      new ListMessagesReply(
                                          "nothing".equals(request.contains())
                                              ? List.of()
                                              : List.of(
                                                  new StoredMessage(
                                                      request.after() + 1, "u", "a\nb", 0, "00"),
                                                  new StoredMessage(
                                                      request.after() + 2, "u", "c", 0, "01")),
                                          true,
                                          request.contains() == null ? null : 10_010L));
                                })
                            .serve(
                                CodeContract.GET_CHECKPOINT,
                                (request, call) ->
                                    Future.succeededFuture(
                                        new GetCheckpointReply(
                                            9, "ff", 1_000, "pk", "sig", "note\n")))
                            .serve(
                                CodeContract.VERIFY_MESSAGES,
                                (request, call) ->
                                    Future.succeededFuture(
                                        new VerifyMessagesReply(
                                            false,
                                            9,
                                            "ff",
                                            4L,
                                            request.size() == null
                                                ? null
                                                : request.size() == 3
                                                    && "ab".equals(request.headHash()),
                                            new VerifyMessagesReply.LogFile(
                                                false, 1, 2L, "messages.log", 1L)))))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply code(String path, String body) {
    return gateway.send("codes", "POST", path, body);
  }

  private static Reply message(String body) {
    return gateway.send("messages", "POST", "/", body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/any/path", "/run_task?x=1"})
  void anyPathOfTheCodesDoorIssuesACode(String path) {
    Reply reply = code(path, "{\"uuid\": \"a1\"}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"success\":true,\"unique\":\"it's a1\"}");
  }

  @Test
  void aPythonDictIsAnsweredAsOne() {
    Reply reply = code("/", "{'uuid': 'a1'}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{'success': True, 'unique': 'it\\'s a1'}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"uuid\":\"\"}",
        "{\"uuid\":7}",
        "{\"uuid\":null}",
        "nonsense",
        "{\"uuid\":\"bad\"}",
        "[1]"
      })
  void aWrongUuidIs400(String body) {
    Reply reply = code("/", body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).isEqualTo("{\"success\":false,\"error\":\"[!] Invalid uuid sent\"}");
  }

  @Test
  void aWrongUuidInPythonIs400InPython() {
    for (String body : List.of("{'uuid': None}", "{'uuid': 'bad'}", "{'uuid'")) {
      Reply reply = code("/", body);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body()).isEqualTo("{'success': False, 'error': '[!] Invalid uuid sent'}");
    }
  }

  @Test
  void anOverlongUuidIs400AndOneOfAMegabyteIs413() {
    assertThat(code("/", "{\"uuid\":\"" + "u".repeat(300) + "\"}").status()).isEqualTo(400);
    assertThat(code("/", "{\"uuid\":\"" + "u".repeat(1 << 20) + "\"}").status()).isEqualTo(413);
  }

  @Test
  void theCodesDoorServesOtherMethodsAsMain() {
    assertThat(gateway.send("codes", "GET", "/health/live", null).status()).isEqualTo(200);
  }

  @Test
  void aMessageIsStored() {
    Reply json = message("{\"uuid\":\"u\",\"unique\":\"right\",\"text\":\"x\\ny\"}");
    Reply python = message("{'uuid': 'u', 'unique': 'right', 'text': \"it's\"}");

    assertThat(json.status()).isEqualTo(200);
    assertThat(json.body()).isEqualTo("{\"success\":true}");
    assertThat(python.body()).isEqualTo("{'success': True}");
    assertThat(STORED).extracting(StoreMessageRequest::text).contains("x\ny", "it's");
  }

  @Test
  void whatIsWrongWithAMessageHasTheTextsOfTheDocument() {
    assertThat(message("{\"uuid\":\"u\",\"text\":\"x\"}").body())
        .isEqualTo("{\"success\":false,\"error\":\"[!] Invalid body parameters\"}");
    assertThat(message("{\"uuid\":\"u\",\"unique\":\"nobody\",\"text\":\"x\"}").body())
        .isEqualTo("{\"success\":false,\"error\":\"[!] UUID unrecognized\"}");
    assertThat(message("{'uuid': 'u', 'unique': 'wrong', 'text': 'x'}").body())
        .isEqualTo("{'success': False, 'error': '[!] Invalid unique'}");
    assertThat(message("{'uuid': 'u', 'unique': 'wrong', 'text': 'x'}").status()).isEqualTo(400);
  }

  @Test
  void anOverloadedServiceIs503InTheSameDialect() {
    Reply reply = message("{'uuid': 'u', 'unique': 'busy', 'text': 'x'}");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("retry-after")).isEqualTo("1");
    assertThat(reply.body()).isEqualTo("{'success': False, 'error': 'code-service: Busy'}");
  }

  @Test
  void aCodeOfTheNewApiIs201WhenItIsNew() {
    assertThat(gateway.post("/api/v1/codes", "{\"uuid\":\"new\"}").status()).isEqualTo(201);
    Reply old = gateway.post("/api/v1/codes", "{\"uuid\":\"old\"}");

    assertThat(old.status()).isEqualTo(200);
    assertThat(old.json().get("unique").asText()).isEqualTo("it's old");
    assertThat(gateway.post("/api/v1/codes", "{\"uuid\":\"a\\u0000b\"}").status()).isEqualTo(400);
  }

  @Test
  void aMessageOfTheNewApiIs201AndPassesItsIdempotencyKey() {
    Reply reply = gateway.postWithKeys("/api/v1/messages", MESSAGE, "k-1");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("id").asLong()).isEqualTo(7);
    assertThat(reply.json().get("stored_at").asText()).isEqualTo("1970-01-01T00:00:01.000Z");
    assertThat(reply.header("location")).isEqualTo("/api/v1/messages?after=6&limit=1");
    assertThat(reply.header("idempotency-replayed")).isEmpty();
    assertThat(STORED).extracting(StoreMessageRequest::idempotencyKey).contains("k-1");
  }

  @Test
  void aReplayedMessageOfTheNewApiSaysSo() {
    Reply reply = gateway.postWithKeys("/api/v1/messages", MESSAGE, "used");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("id").asLong()).isEqualTo(7);
    assertThat(reply.header("idempotency-replayed")).isEqualTo("true");
  }

  @Test
  void anIssuedCodeNeedsNoIdempotencyKey() {
    Reply reply = gateway.postWithKeys("/api/v1/codes", "{\"uuid\":\"old\"}", "any");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("idempotency-replayed")).isEmpty();
  }

  @Test
  void aRefusedMessageOfTheNewApiIsAProblem() {
    Reply wrong =
        gateway.post("/api/v1/messages", "{\"uuid\":\"u\",\"unique\":\"no\",\"text\":\"x\"}");
    Reply unknown =
        gateway.post("/api/v1/messages", "{\"uuid\":\"u\",\"unique\":\"nobody\",\"text\":\"x\"}");

    assertThat(wrong.status()).isEqualTo(403);
    assertThat(wrong.json().get("code").asText()).isEqualTo("WRONG_CODE");
    assertThat(unknown.status()).isEqualTo(404);
  }

  @Test
  void givenTimesAndAText_whenListed_thenTheServiceIsAskedForThem() {
    LISTED.clear();

    Reply reply =
        gateway.get(
            "/api/v1/messages?since=1970-01-01T01:00:01%2B01:00&until=1970-01-01T00:00:02.0000001Z"
                + "&contains=Train&after=3&limit=5");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(LISTED)
        .containsExactly(new ListMessagesRequest(3, 5, null, 1_000L, 2_001L, "Train"));
  }

  @Test
  void givenASearchThatFoundNothingYet_whenListed_thenTheEmptyPageHasACursor() {
    Reply page = gateway.get("/api/v1/messages?contains=nothing&after=10");
    Reply lines =
        gateway.send(
            "main",
            "GET",
            "/api/v1/messages?contains=nothing&after=10",
            null,
            "Accept",
            "application/x-ndjson");

    assertThat(page.body()).isEqualTo("{\"items\":[],\"next\":\"10010\"}");
    assertThat(lines.body()).isEmpty();
    assertThat(lines.header("Link")).isEqualTo("<?contains=nothing&after=10010>; rel=\"next\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "since=yesterday",
        "since=2026-01-01",
        "since=2026-01-01T00:00:00",
        "until=12",
        "until=",
        "contains="
      })
  void givenABadFilter_whenListed_thenTheParameterIsNamed(String query) {
    Reply reply = gateway.get("/api/v1/messages?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().at("/errors/0/pointer").asText())
        .isEqualTo("?" + query.substring(0, query.indexOf('=')));
  }

  @Test
  void givenALongText_whenSearched_thenItIsRefused() {
    assertThat(gateway.get("/api/v1/messages?contains=" + "x".repeat(257)).status()).isEqualTo(400);
  }

  @Test
  void aCheckpointComesWithItsNote() {
    assertThat(gateway.get("/api/v1/messages/checkpoint").body())
        .isEqualTo(
            "{\"size\":9,\"head_hash\":\"ff\",\"signed_at\":\"1970-01-01T00:00:01.000Z\","
                + "\"public_key\":\"pk\",\"signature\":\"sig\",\"note\":\"note\\n\"}");
  }

  @Test
  void messagesComeAsPagesOrLines() {
    JsonNode page = gateway.get("/api/v1/messages?after=10&limit=2").json();
    Reply lines =
        gateway.send("main", "GET", "/api/v1/messages", null, "Accept", "application/x-ndjson");

    assertThat(page.get("items").get(0).get("id").asLong()).isEqualTo(11);
    assertThat(page.get("next").asText()).isEqualTo("12");
    assertThat(lines.header("content-type")).isEqualTo("application/x-ndjson");
    assertThat(lines.body().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"id\":"));
  }

  @Test
  void aLimitBeyondTheBoundsIs400() {
    for (String query :
        List.of("limit=0", "limit=1001", "limit=x", "after=-1", "after=1&after=2")) {
      assertThat(gateway.get("/api/v1/messages?" + query).status()).isEqualTo(400);
    }
  }

  @Test
  void givenAnOutageOfStorage_whenACodeIsWanted_thenAClassicClientMayRetry() {
    Reply reply = code("/", "{\"uuid\": \"outage\"}");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Retry-After")).isEqualTo("1");
    assertThat(reply.body())
        .isEqualTo("{\"success\":false,\"error\":\"code-service cannot reach its storage\"}");
  }

  @Test
  void givenAnOutageOfStorage_whenACodeIsWanted_thenTheProblemIsRetryable() {
    Reply reply = gateway.post("/api/v1/codes", "{\"uuid\": \"outage\"}");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Retry-After")).isEqualTo("1");
    assertThat(reply.json().path("code").asText()).isEqualTo("STORAGE_UNAVAILABLE");
    assertThat(reply.json().path("retryable").asBoolean()).isTrue();
  }

  @Test
  void theChainIsVerified() {
    assertThat(gateway.get("/api/v1/messages/verify").body())
        .isEqualTo(
            "{\"intact\":false,\"messages\":9,\"head_hash\":\"ff\",\"first_break\":4,"
                + "\"consistent\":null,"
                + "\"file\":{\"intact\":false,\"lines\":1,\"first_difference_line\":2,"
                + "\"first_difference_file\":\"messages.log\",\"first_message\":1}}");
  }

  @Test
  void givenAnEarlierState_whenVerified_thenItsConsistencyIsTold() {
    assertThat(
            gateway
                .get("/api/v1/messages/verify?size=3&head_hash=ab")
                .json()
                .path("consistent")
                .asBoolean())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"size=3", "head_hash=ab", "size=-1&head_hash=ab", "size=x&head_hash=ab"})
  void givenHalfOfAnEarlierState_whenVerified_thenItIsRefused(String query) {
    assertThat(gateway.get("/api/v1/messages/verify?" + query).status()).isEqualTo(400);
  }
}
