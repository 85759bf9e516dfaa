package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsFlags;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsOverHttpTest {

  private static final String TYPE = "application/dns-message";
  private static final byte[] MESSAGE =
      "0123456789ab-and-a-question".getBytes(StandardCharsets.UTF_8);
  private static final AtomicReference<DnsQueryRequest> ASKED = new AtomicReference<>();
  private static final AtomicReference<ServiceException> REFUSAL = new AtomicReference<>();
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "dns-service",
                    endpoint ->
                        endpoint
                            .serve(
                                DnsContract.QUERY,
                                (request, call) -> {
                                  ASKED.set(request);
                                  return request.name().equals("refused.test")
                                      ? Future.failedFuture(REFUSAL.get())
                                      : reply(request);
                                })
                            .serve(
                                DnsContract.EXCHANGE,
                                (request, call) ->
                                    Future.succeededFuture(
                                        new DnsExchangeReply(request.message(), 17))))),
            "gateway.max-body-bytes",
            "100000");
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/resolve?name=ready.test").status() == 200);
  }

  private static Future<DnsQueryReply> reply(DnsQueryRequest request) {
    if (request.types().equals(List.of("BOGUS"))) {
      return Future.failedFuture(
          new ServiceException(
              ErrorCode.INVALID_REQUEST, "type must be the name of a record type"));
    }
    if (request.name().equals("silent.test")) {
      TaskError error =
          new TaskError("TIMEOUT", "192.0.2.53:53 did not answer in time", null, null, true);
      return outcome(
          new Outcome.Unanswered(
              new DnsFailure(request.name(), List.of(), "192.0.2.53:53", "udp", 3, error)));
    }
    return outcome(
        new Outcome.Answered(
            new DnsResult(
                request.name(),
                null,
                "NXDOMAIN",
                3,
                new DnsFlags(false, false, true, true, true, false),
                List.of(new DnsQuestion("a.test.", "HTTPS")),
                List.of(new DnsRecord("a.test.", "TYPE65280", 60, "\\# 1 00")),
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                "192.0.2.1:53",
                "udp",
                false,
                1,
                false,
                new DnsTimings(null, null, 1),
                null,
                null,
                null)));
  }

  private static Future<DnsQueryReply> outcome(Outcome outcome) {
    return Future.succeededFuture(new DnsQueryReply(List.of(outcome)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void givenAnAnswer_whenResolved_thenTheKeysAreThoseOfGooglesResolver() {
    Reply reply = gateway.get("/resolve?name=a.test&type=https&do=1&cd=true");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/dns-json");
    JsonNode json = reply.json();
    assertThat(json.get("Status").asInt()).isEqualTo(3);
    assertThat(json.get("RD").asBoolean()).isTrue();
    assertThat(json.get("AD").asBoolean()).isTrue();
    assertThat(json.get("Question").get(0).get("name").asText()).isEqualTo("a.test.");
    assertThat(json.get("Question").get(0).get("type").asInt()).isEqualTo(65);
    assertThat(json.get("Answer").get(0).get("type").asInt()).isEqualTo(65_280);
    assertThat(json.get("Answer").get(0).get("TTL").asInt()).isEqualTo(60);
    assertThat(json.get("Answer").get(0).get("data").asText()).isEqualTo("\\# 1 00");
    assertThat(json.has("Authority")).isFalse();
    assertThat(json.get("Comment").asText()).isEqualTo("Response from 192.0.2.1:53.");
    assertThat(ASKED.get())
        .isEqualTo(DnsQueryRequest.of("a.test", "HTTPS").withFlags(true, true, true));
  }

  @ParameterizedTest
  @CsvSource({"28,TYPE28", "aaaa,AAAA", "'',A"})
  void givenATypeByNameOrNumber_whenResolved_thenItIsAskedFor(String type, String asked) {
    gateway.get("/resolve?name=a.test&type=" + type);

    assertThat(ASKED.get().types()).containsExactly(asked);
  }

  @Test
  void givenATypeThatDoesNotExist_whenResolved_thenTheRequestIsRefused() {
    Reply reply = gateway.get("/resolve?name=a.test&type=BOGUS");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("detail").asText()).contains("record type");
  }

  @Test
  void givenParametersOfOtherResolvers_whenAMessageIsAsked_thenTheyAreIgnored() {
    String message = Base64.getUrlEncoder().withoutPadding().encodeToString(MESSAGE);

    Reply reply =
        gateway.get(
            "/dns-query?dns=" + message + "&ct=application/dns-message&random_padding=xxxx");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo(TYPE);
  }

  @ParameterizedTest
  @CsvSource({
    "/dns-query?name=a.test&type=https, application/dns-json",
    "/dns-query?name=a.test&type=https, 'application/dns-json, */*;q=0.1'",
    "/dns-query?name=a.test&type=https&ct=application/dns-json, */*"
  })
  void givenANameAndAWishForJson_whenAskedAsAMessageIs_thenTheAnswerIsJson(
      String target, String accept) {
    Reply reply = gateway.send("main", "GET", target, null, "Accept", accept);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/dns-json");
    assertThat(reply.json().get("Question").get(0).get("type").asInt()).isEqualTo(65);
  }

  @Test
  void givenANameAlone_whenAMessageIsAsked_thenTheRequestIsRefused() {
    assertThat(gateway.get("/dns-query?name=a.test").status()).isEqualTo(400);
  }

  @Test
  void givenNobodyAnswers_whenResolved_thenTheStatusIsServfailWithTheReason() {
    JsonNode json = gateway.get("/resolve?name=silent.test&type=MX").json();

    assertThat(json.get("Status").asInt()).isEqualTo(2);
    assertThat(json.get("Question").get(0).get("type").asInt()).isEqualTo(15);
    assertThat(json.get("Comment").asText()).contains("did not answer in time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?name=", "?name=a.test&do=maybe", "?name=a.test&surprise=1"})
  void givenABadQuery_whenResolved_thenItIsRefused(String query) {
    Reply reply = gateway.get("/resolve" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").isEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"/name,?name", "/type,?type", "/edns/client_subnet,?edns_client_subnet"})
  void givenARequestThatTheServiceRefuses_whenResolved_thenTheErrorNamesTheParameter(
      String pointer, String parameter) {
    REFUSAL.set(
        new ServiceException(
            ErrorCode.INVALID_REQUEST,
            "as a task says it",
            List.of(new FieldProblem(pointer, "must be otherwise"))));

    Reply reply = gateway.get("/resolve?name=refused.test");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("detail").asText()).isEqualTo(parameter + " must be otherwise");
    assertThat(reply.json().get("errors").get(0).get("pointer").asText()).isEqualTo(parameter);
  }

  @ParameterizedTest
  @CsvSource({"1020,200", "1021,400"})
  void givenANameOfSoManyCharacters_whenResolved_thenTheLongestOneIsTaken(int length, int status) {
    assertThat(gateway.get("/resolve?name=" + "a".repeat(length)).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"name=a.test&type=TYPE1234567890123", "name=%20"})
  void givenAValueOutsideOfItsBounds_whenResolved_thenItIsRefused(String query) {
    assertThat(gateway.get("/resolve?" + query).status()).isEqualTo(400);
  }

  @Test
  void givenAMessageInTheQuery_whenExchanged_thenTheAnswerIsAMessage() {
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(MESSAGE);

    Reply reply = gateway.get("/dns-query?dns=" + text);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo(TYPE);
    assertThat(reply.header("cache-control")).isEqualTo("max-age=17");
    assertThat(reply.http().body()).isEqualTo(MESSAGE);
  }

  @Test
  void givenAMessageAsBody_whenExchanged_thenTheAnswerIsAMessage() {
    Reply reply = gateway.sendBytes("main", "POST", "/dns-query", MESSAGE, "Content-Type", TYPE);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(new Binary(reply.http().body())).isEqualTo(new Binary(MESSAGE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?dns=", "?dns=%25%25", "?dns=AAAA", "?dns=AAAA&x=1"})
  void givenABadMessageInTheQuery_whenExchanged_thenItIsRefused(String query) {
    assertThat(gateway.get("/dns-query" + query).status()).isEqualTo(400);
  }

  @Test
  void givenAnotherMediaType_whenExchanged_thenItIsRefused() {
    assertThat(gateway.post("/dns-query", "{}").status()).isEqualTo(415);
  }

  @Test
  void givenABodyBeyondAnyMessage_whenExchanged_thenItIsRefused() {
    Reply reply =
        gateway.sendBytes("main", "POST", "/dns-query", new byte[65_536], "Content-Type", TYPE);

    assertThat(reply.status()).isEqualTo(413);
  }
}
