package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server says when it does not answer a request as defined: status, text, Retry-After. */
@ExtendWith(VertxExtension.class)
class RefusalsTest {

  private static final String HOST = "Host: x\r\n";

  private static final String ROUTES =
      "{'routes':["
          + "{'match':{'path':'/file'},'response':{'file':'f'}},"
          + "{'match':{'path':'/made'},'response':{'template':true,'body':'{{request.path}}"
          + "x".repeat(10_000)
          + "'}},"
          + "{'match':{'path':'/slow'},'response':{'delay_ms':600000}},"
          + "{'match':{'path':'/proxy'},'response':{'proxy':{'url':'http://up.example'}}}]}";

  private static TestServer.Options options() {
    return new TestServer.Options().limits(10, 1, 10, 100, 20_000);
  }

  private static TestServer.Options full() {
    TestServer.Options options = options();
    options.bodies = new MemoryBudget(1);
    options.answers = new MemoryBudget(20_000);
    options.answers.tryAcquire(19_999);
    return options;
  }

  private static TestServer.Options small() {
    TestServer.Options options = options();
    options.answers = new MemoryBudget(100);
    return options;
  }

  private static TestServer.Options files(ErrorCode code) {
    TestServer.Options options = options();
    options.files = (_, _) -> Future.failedFuture(new ServiceException(code, "why"));
    return options;
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n" + headers + "\r\n";
  }

  private static String post(int length, String body) {
    return "POST /x HTTP/1.1\r\n" + HOST + "Content-Length: " + length + "\r\n\r\n" + body;
  }

  private static Arguments row(
      TestServer.Options options, String request, int status, String text) {
    return Arguments.of(options, request, status, text);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        row(options(), "nonsense\r\n\r\n", 400, "This is not an HTTP request"),
        row(
            options(),
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            400,
            "A request must have one Host header"),
        row(
            options(),
            get("/" + "x".repeat(17_000), ""),
            414,
            "The request line must be at most 16384 bytes"),
        row(
            options(),
            get("/", "X: " + "x".repeat(33_000) + "\r\n"),
            431,
            "The headers must be at most 32768 bytes"),
        row(options(), post(11, "x"), 413, "The body of a request must be at most 10 bytes"),
        row(options(), post(5, "x"), 408, "The body of a request must arrive within 100 ms"),
        row(
            full(),
            post(5, "12345"),
            503,
            "The server holds too many bytes of requests at present"),
        row(
            full(),
            get("/made", ""),
            503,
            "Bodies that clients have not read take too much memory"),
        row(
            files(ErrorCode.OVERLOADED),
            get("/file", ""),
            503,
            "Bodies that clients have not read take too much memory"),
        row(
            small(),
            get("/made", ""),
            500,
            "The response is too large: 10005 bytes are more than the 100 of all bodies together"),
        row(
            files(ErrorCode.NOT_FOUND),
            get("/file", ""),
            500,
            "The file /f of this response does not exist"),
        row(
            files(ErrorCode.TOO_LARGE),
            get("/file", ""),
            500,
            "The file /f of this response is too large: why"),
        row(
            files(ErrorCode.UNAVAILABLE),
            get("/file", ""),
            500,
            "The file /f of this response cannot be read at present"),
        row(options(), get("/proxy", ""), 502, "The request could not be forwarded"),
        row(options(), get("/other", ""), 404, "Not Found"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void givenARequestThatIsRefused_whenItIsAnswered_thenStatusAndTextSayWhy(
      TestServer.Options options, String request, int status, String text, Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, ROUTES, options)) {
      assertRefused(server.raw(request), status, text);
    }
  }

  private static void assertRefused(String answer, int status, String text) {
    assertThat(answer)
        .matches("(?s)HTTP/1[.][01] " + status + " .*")
        .contains("content-type: text/plain; charset=utf-8\r\n")
        .contains("\r\n\r\n" + text);
    assertThat(answer.contains("retry-after: 1\r\n")).isEqualTo(status == 503);
  }

  @Test
  void givenAServerThatAnswersAsManyAsItMay_whenOneMoreComes_thenItIsToldSo(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, ROUTES, options());
        Socket waiting = server.socket()) {
      waiting.getOutputStream().write(get("/slow", "").getBytes(StandardCharsets.US_ASCII));
      await().until(() -> server.stats().inFlight() == 1);

      assertRefused(server.raw(get("/", "")), 503, "The server is answering 1 requests already");
    }
  }
}
