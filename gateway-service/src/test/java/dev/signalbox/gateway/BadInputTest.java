package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a client sends: the right 4xx at once, and the connection is as it should be after. */
class BadInputTest {

  private static final String CHUNKED =
      "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
          .concat("Transfer-Encoding: chunked\r\n\r\n");

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.task(
                    "echo-service",
                    FakeService.type("echo", "echo.echo"),
                    task -> TaskReply.Finished.of(Map.of("params", task.params())))),
            "gateway.max-body-bytes",
            "2000",
            "gateway.max-header-bytes",
            "4096",
            "gateway.max-uri-bytes",
            "1024");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String post(String path, int length, String headers, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\nContent-Length: "
        + length
        + "\r\n"
        + headers
        + "\r\n"
        + body;
  }

  @Test
  void aMissingHostIs400() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void http10NeedsNoHost() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.0\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost", "localhost:1", "127.0.0.2", "localhost.evil:80"})
  void aHostThatIsNotServedIs403(String host) {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "x\u00e9y", "user@localhost"})
  void aHostThatIsNoHostIs400(String host) {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(400);
    }
  }

  @Test
  void twoHostsAre400() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\nHost: evil.example\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "LOCALHOST", "[::1]"})
  void loopbackNamesWithThePortAreServed(String name) {
    try (RawClient client = gateway.raw()) {
      client.send(
          "GET /health/live HTTP/1.1\r\nHost: " + name + ":" + gateway.port("main") + "\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void theHostOfAnAbsoluteTargetCounts() {
    try (RawClient client = gateway.raw()) {
      int port = gateway.port("main");
      client.send("GET http://localhost:" + port + "/health/live HTTP/1.1\r\n$HOST\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);

      client.send("GET http://evil.example/health/live HTTP/1.1\r\n$HOST\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET * HTTP/1.1", "CONNECT localhost:1 HTTP/1.1", "BREW / HTTP/1.1"})
  void otherMethodsAreRefused(String requestLine) {
    try (RawClient client = gateway.raw()) {
      client.send(requestLine + "\r\n$HOST\r\n\r\n");

      assertThat(client.read().status()).isIn(400, 405, 501);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n$HOST\r\nA\u0000: b\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n$HOST\r\nA : b\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: -1\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /run_task HTTP/1.1\r\n$HOST\r\nContent-Length: x\r\n\r\n"
      })
  void whatIsNotHttpIs400AndTheEnd(String text) {
    try (RawClient client = gateway.raw()) {
      client.send(text);

      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("server")).isEqualTo("signalbox");
      assertThat(answer.header("date")).isNotEmpty();
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void tooLongARequestLineIs414() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\n$HOST\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(414);
    }
  }

  @Test
  void aHundredThousandHeadersAre431() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\n");
      client.send("A: b\r\n".repeat(100_000) + "\r\n");

      assertThat(client.read().status()).isEqualTo(431);
    }
  }

  @Test
  void aTwoGigabyteBodyIs413BeforeItIsSent() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", 2_147_483_647, "", "{"));

      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void aBodyThatIsToldToWaitIsRefusedWithoutContinue() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", 5_000, "Expect: 100-continue\r\n", ""));

      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void aBodyThatIsToldToWaitIsAskedFor() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", 2, "Expect: 100-continue\r\n", ""));
      assertThat(client.read().status()).isEqualTo(100);

      client.send("{}");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void aChunkedBodyIsCutOffAtTheLimit() {
    try (RawClient client = gateway.raw()) {
      client.send(CHUNKED);
      client.send("3e8\r\n" + "a".repeat(1_000) + "\r\n");
      client.send("3e9\r\n" + "a".repeat(1_001) + "\r\n");

      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void aChunkedBodyIsRead() {
    try (RawClient client = gateway.raw()) {
      String body = "{\"task_name\":\"echo\",\"params\":{\"a\":1}}";
      client.send(CHUNKED);
      for (int i = 0; i < body.length(); i++) {
        client.send("1\r\n" + body.charAt(i) + "\r\n");
      }
      client.send("0\r\n\r\n");

      assertThat(client.read().body()).isEqualTo("{\"params\":{\"a\":1}}");
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyWhoseChunksAreNoneIs400AndTheLastOfItsConnection() {
    try (RawClient client = gateway.raw()) {
      client.send(CHUNKED + "zz\r\n\r\n");

      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).contains("not framed as HTTP/1.1 says");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aChunkThatBreaksTheFramingLaterIs400() {
    try (RawClient client = gateway.raw()) {
      client.send(CHUNKED + "1\r\n{\r\n");
      client.send("-1\r\n");

      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aBodyThatDoesNotComeIs408() {
    try (GatewayFixture impatient =
            GatewayFixture.start(
                "gateway.body-timeout", "300ms", "gateway.body-min-rate", "1000000");
        RawClient client = impatient.raw()) {
      client.send(post("/run_task", 100, "", "{"));

      RawClient.Response answer = client.read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void aPipelinedRequestBehindARefusedOneIsServed() {
    try (RawClient client = gateway.raw()) {
      client.send(post("/run_task", 3, "", "{]}") + "GET /health/live HTTP/1.1\r\n$HOST\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.read().body()).isEqualTo("{\"status\":\"live\"}");
    }
  }

  @Test
  void aBodyNobodyWantsDoesNotHarmTheNextRequest() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n\r\nabcde");

      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  static Stream<String> badJson() {
    return Stream.of(
        "",
        " ",
        "null",
        "7",
        "[]",
        "\"text\"",
        "{",
        "{\"task_name\":}",
        "{'task_name':'echo'}",
        "{\"task_name\":\"echo\",\"task_name\":\"echo\"}",
        "{\"task_name\":\"echo\"} x",
        "{\"task_name\":\"echo\",\"params\":{\"a\":1e999}}",
        "{\"task_name\":\"echo\",\"params\":{\"a\":" + "9".repeat(200) + "}}",
        "{\"task_name\":\"echo\",\"params\":{\"a\":NaN}}",
        "{\"task_name\":\"echo\",\"params\":{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}}",
        "{\"task_name\":\"e\ncho\"}",
        "{\"task_name\":\"\\ud800x\u0000\"}");
  }

  @ParameterizedTest
  @MethodSource("badJson")
  void jsonThatIsNotIs400InEitherFace(String body) {
    assertThat(gateway.post("/run_task", body).status()).isEqualTo(400);
    assertThat(gateway.post("/api/v1/tasks", body).status()).isEqualTo(400);
  }

  @Test
  void malformedUtf8Is400() {
    byte[] body = "{\"task_name\":\"ec?ho\"}".getBytes(StandardCharsets.UTF_8);
    body[16] = (byte) 0xff;

    assertThat(
            gateway
                .sendBytes("main", "POST", "/run_task", body, "Content-Type", "application/json")
                .status())
        .isEqualTo(400);
  }

  @Test
  void aNameOfTenThousandCharactersIsNotEchoed() {
    // The limit of this gateway's bodies is smaller than that of a name in the wild.
    GatewayFixture.Reply reply =
        gateway.post("/run_task", "{\"task_name\":\"" + "n".repeat(1_900) + "\"}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("message").asText()).hasSizeLessThan(300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: a;b=\"",
        "Accept: text/html;q=\", */*;\"",
        "Accept: ;;;===,,,",
        "Accept: /",
        "Accept-Encoding: gzip;x=\"",
        "Accept-Encoding: \", br;q=\"",
        "Accept-Encoding: gzip;q=",
        "Accept-Language: a-;b=\"",
        "Content-Type: a;b=\""
      })
  void aMalformedPreferenceIsPassedOver(String header) {
    try (RawClient client = gateway.raw()) {
      client.send("GET /openapi.yaml HTTP/1.1\r\n$HOST\r\n" + header + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);

      client.send("GET /api/v1/none HTTP/1.1\r\n$HOST\r\n" + header + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(404);
    }
  }

  @Test
  void whatIsBelowApiAndNotThereIsAProblem() {
    GatewayFixture.Reply reply = gateway.get("/api/v1/no-such");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
    assertThat(reply.json().get("code").asText()).isEqualTo("NOT_FOUND");
  }
}
