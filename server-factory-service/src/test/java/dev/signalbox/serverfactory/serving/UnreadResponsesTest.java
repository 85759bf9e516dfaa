package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of bodies that are made for one response: who gets it, who waits, who is cut. */
@ExtendWith(VertxExtension.class)
@Timeout(90)
class UnreadResponsesTest {

  /** More than sockets of loopback take from a server whose client reads nothing. */
  private static final int LONG = 16_000_000;

  private static final String ROUTES =
      "{'routes':["
          + "{'match':{'path':'/file'},'response':{'file':'f'}},"
          + "{'match':{'path':'/half'},'response':{'file':'f','fault':'close_mid_body'}},"
          + "{'match':{'path':'/dribble'},"
          + "'response':{'file':'f','delay':{'dribble':{'chunks':3,'over_ms':3}}}},"
          + "{'match':{'path':'/proxy'},'response':{'proxy':{'url':'http://up.example'}}},"
          + "{'match':{'path':'/echo'},'response':{'body':'{{request.body}}','template':true}}]}";

  private static TestServer server(Vertx vertx, long budget, int length) {
    TestServer.Options options =
        new TestServer.Options().limits(100, 100, 1_000_000, 9_000, 60_000);
    options.answers = new MemoryBudget(budget);
    Buffer bytes = Buffer.buffer(new byte[length]);
    options.files =
        (_, memory) ->
            memory
                .takeInTurn(length)
                .compose(grant ->
                    switch (grant) {
                      case TAKEN ->
                          Future.succeededFuture(new FileSource.Content(bytes, "text/plain"));
                      case NEVER_FITS ->
                          failed(
                              ErrorCode.TOO_LARGE,
                              length + " bytes are more than the " + memory.limit());
                      case OVERLOADED, GONE -> failed(ErrorCode.OVERLOADED, "no memory");
                    });
    options.upstream =
        (_, _, memory) ->
            memory.take(length)
                ? Future.succeededFuture(new UpstreamResponse(200, List.of(), bytes, true))
                : Future.failedFuture("no memory");
    return TestServer.of(vertx, ROUTES, options);
  }

  private static <T> Future<T> failed(ErrorCode code, String message) {
    return Future.failedFuture(new ServiceException(code, message));
  }

  private static Socket unread(TestServer server, String target) throws Exception {
    Socket socket = server.socket();
    socket
        .getOutputStream()
        .write(
            ("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/file", "/half", "/dribble", "/proxy"})
  void givenAClientThatReadsNothing_whenAnotherNeedsItsMemory_thenTheOtherGetsTheResponse(
      String target, Vertx vertx) throws Exception {
    try (TestServer server = server(vertx, LONG + 1, LONG);
        Socket _ = unread(server, target)) {
      await().untilAsserted(() -> assertThat(server.answers.held()).isEqualTo(LONG));

      assertThat(server.get("/file").body()).hasSize(LONG);
      await().untilAsserted(() -> assertThat(server.answers.held()).isZero());
      assertThat(server.stats().inFlight()).isZero();
    }
  }

  @Test
  void givenAStreamThatIsNotRead_whenAnotherNeedsItsMemory_thenItIsReset(Vertx vertx) {
    int length = 60_000;
    var client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(1))
                .setHttp2ClearTextUpgrade(false));
    try (TestServer server = server(vertx, length + 1, length)) {
      HttpClientResponse response =
          client
              .request(HttpMethod.GET, server.port(), "127.0.0.1", "/file")
              .compose(request -> request.send().onSuccess(HttpClientResponse::pause))
              .await();
      assertThat(server.answers.held()).isEqualTo(length);

      assertThat(server.get("/file").body()).hasSize(length);
      await().untilAsserted(() -> assertThat(server.answers.held()).isZero());
      assertThatThrownBy(() -> response.body().await()).isInstanceOf(Exception.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"/file, GET", "/file, HEAD", "/half, GET", "/dribble, GET", "/proxy, GET"})
  void givenAResponse_whenItIsReadOrItsClientLeaves_thenItsMemoryIsFree(
      String target, String method, Vertx vertx) throws Exception {
    try (TestServer server = server(vertx, 10_000_000, 1_000_000)) {
      String request = method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      assertThat(server.raw(request)).startsWith("HTTP/1.1 200");
      await().untilAsserted(() -> assertThat(server.answers.held()).isZero());

      unread(server, target).close();
      await().until(() -> server.requests().size() == 2);
      await().untilAsserted(() -> assertThat(server.answers.held()).isZero());
    }
  }

  @Test
  void givenTemplates_whenTheMemoryIsTaken_thenTheyAreRefusedAndSmallOnesAreNot(Vertx vertx) {
    try (TestServer server = server(vertx, 100_000, 0)) {
      server.answers.tryAcquire(95_000);

      HttpResponse<String> refused = echo(server, 10_000);

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      assertThat(echo(server, UnreadBodies.COUNTED_BYTES - 1).statusCode()).isEqualTo(200);
      server.answers.release(95_000);
      assertThat(echo(server, 10_000).body()).hasSize(10_000);
      await().untilAsserted(() -> assertThat(server.answers.held()).isZero());
    }
  }

  private static HttpResponse<String> echo(TestServer server, int length) {
    return server.send(
        HttpRequest.newBuilder(server.uri("/echo"))
            .POST(HttpRequest.BodyPublishers.ofString("x".repeat(length))));
  }

  @Test
  void givenABodyThatNeverFits_whenItIsPlayed_thenRetryingIsNotAdvised(Vertx vertx) {
    try (TestServer server = server(vertx, 9_000, 9_001)) {
      for (HttpResponse<String> response : List.of(server.get("/file"), echo(server, 9_001))) {
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("retry-after")).isEmpty();
        assertThat(response.body()).contains("is too large: 9001 bytes are more than the 9000");
      }
    }
  }
}
