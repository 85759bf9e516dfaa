package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many responses on one connection, and clients that do not read theirs. */
@ExtendWith(VertxExtension.class)
@Timeout(90)
class Http2StreamsTest {

  private static final int AT_ONCE = 90;

  private static String answering(int bytes) {
    return "{'routes':[{'match':{'path':'/long'},'response':{'body':'"
        + "x".repeat(bytes)
        + "'}},{'match':{'method':'POST'},'response':{'body':'{{request.body}}','template':true}}]}";
  }

  @RepeatedTest(3)
  void givenWideWindows_whenManyRequestsShareAConnection_thenEachResponseIsWhole(Vertx vertx)
      throws Exception {
    String json = answering(50_000).replace("{'routes'", "{'tls':true,'routes'");
    try (TestServer server = TestServer.of(vertx, json);
        HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(Certificates.trusting())
                .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/long"))
              .build();
      // Only then is there the one connection for all.
      client.send(request, HttpResponse.BodyHandlers.discarding());

      List<CompletableFuture<HttpResponse<String>>> responses =
          IntStream.range(0, AT_ONCE)
              .mapToObj(_ -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
              .toList();

      assertThat(responses)
          .allSatisfy(response -> {
            assertThat(response.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.join().body()).hasSize(50_000);
          });
    }
  }

  @Test
  void givenAClientThatReadsNothing_whenItsConnectionIsBusy_thenTheStreamIsReset(Vertx vertx) {
    TestServer.Options options = new TestServer.Options().limits(10, 100, 1_000, 5_000, 500);
    var client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    try (TestServer server = TestServer.of(vertx, answering(2_000_000), options)) {
      HttpClientResponse response =
          client
              .request(HttpMethod.GET, server.port(), "127.0.0.1", "/long")
              .compose(request -> request.send())
              .await();
      response.pause();
      long pings =
          vertx.setPeriodic(
              50, _ -> response.request().connection().ping(Buffer.buffer().appendLong(1)));

      await()
          .untilAsserted(() ->
              assertThat(server.requests()).extracting(ServerRequest::status).containsExactly(0));
      vertx.cancelTimer(pings);
      assertThat(server.stats().inFlight()).isZero();
      assertThatThrownBy(() -> response.body().await()).isInstanceOf(StreamResetException.class);
    }
  }

  @Test
  void givenAPipelinedRequestWithABody_whenTheResponseBeforeItIsReadLate_thenItsBodyIsRead(
      Vertx vertx) throws Exception {
    String get = "GET /long HTTP/1.1\r\nHost: x\r\n\r\n";
    try (TestServer server = TestServer.of(vertx, answering(4_000_000));
        Socket socket = server.socket()) {
      socket
          .getOutputStream()
          .write(
              (get.repeat(4)
                      + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                      + "Connection: close\r\n\r\nhello")
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> !server.requests().isEmpty());

      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(all).endsWith("\r\n\r\nhello");
      assertThat(server.requests()).extracting(ServerRequest::status).hasSize(5).containsOnly(200);
    }
  }
}
