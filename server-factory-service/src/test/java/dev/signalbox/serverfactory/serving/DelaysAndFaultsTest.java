package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class DelaysAndFaultsTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  private static String route(String response) {
    return "{'seed':7,'routes':[{'match':{},'response':" + response + "}]}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'body':'abcdef','delay_ms':60}                                           | 60
          {'body':'abcdef','delay':60}                                              | 60
          {'body':'abcdef','delay':{'uniform':[60,70]}}                             | 60
          {'body':'abcdef','delay':{'lognormal':{'median':60,'sigma':0}}}           | 60
          {'body':'abcdef','delay':{'dribble':{'chunks':3,'over_ms':60}}}           | 60
          {'body':'abcdef','delay':{'dribble':{'chunks':100,'over_ms':60}}}         | 60
          {'body':'abcdef','delay_ms':40,'delay':{'dribble':{'chunks':2,'over_ms':20}}} | 60
          {'body':'abcdef','delay':{'dribble':{'chunks':1,'over_ms':60}}}           | 0
          """)
  void givenADelay_whenARequestComes_thenTheWholeResponseComesNotBefore(
      String response, long ms, Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, route(response))) {
      assertThat(server.get("/").body()).isEqualTo("abcdef");
      // Timers may be a millisecond early by the clock that measures.
      assertThat(server.requests().getFirst().micros()).isGreaterThanOrEqualTo((ms - 2) * 1_000);
    }
  }

  @Test
  void givenADelayLongerThanTheIdleTimeout_whenItIsOver_thenTheResponseComes(Vertx vertx) {
    TestServer.Options options = new TestServer.Options().limits(10, 10, 10, 20_000, 150);
    try (TestServer server =
        TestServer.of(vertx, route("{'body':'late','delay_ms':700}"), options)) {
      assertThat(server.get("/").body()).isEqualTo("late");
    }
  }

  @Test
  void givenAnEmptyResponse_whenItIsPlayed_thenTheConnectionEndsWithoutAByte(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, route("{'fault':'empty_response'}"))) {
      assertThat(server.raw(GET)).isEmpty();
      assertThat(server.requests().getFirst().fault()).isEqualTo("empty_response");
      assertThat(server.requests().getFirst().status()).isZero();
    }
  }

  @Test
  void givenGarbage_whenItIsPlayed_thenItIsNoHttp(Vertx vertx) throws IOException {
    try (TestServer server = TestServer.of(vertx, route("{'fault':'garbage'}"))) {
      assertThat(server.raw(GET)).isNotEmpty().doesNotContain("HTTP/");
    }
  }

  @Test
  void givenAMalformedChunk_whenItIsPlayed_thenTheHeadIsRightAndTheChunkIsNone(Vertx vertx)
      throws IOException {
    try (TestServer server =
        TestServer.of(
            vertx, route("{'status':201,'headers':{'x-a':'b'},'fault':'malformed_chunk'}"))) {
      String answer = server.raw(GET);

      assertThat(answer)
          .startsWith("HTTP/1.1 201 Created\r\n")
          .contains("x-a: b\r\n")
          .contains("transfer-encoding: chunked\r\n")
          .contains("server: signalbox\r\n")
          .containsPattern("\r\n\r\n[^0-9a-f]");
      assertThat(server.requests().getFirst().status()).isEqualTo(201);
    }
  }

  @Test
  void givenACloseMidBody_whenItIsPlayed_thenHalfOfWhatIsPromisedComes(Vertx vertx)
      throws IOException {
    try (TestServer server =
        TestServer.of(vertx, route("{'body':'abcdef','fault':'close_mid_body'}"))) {
      assertThat(server.raw(GET)).contains("content-length: 6\r\n").endsWith("\r\n\r\nabc");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{'fault':'connection_reset'}", "{'delay_ms':20,'fault':'connection_reset'}"})
  void givenAConnectionReset_whenItIsPlayed_thenTcpResets(String response, Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, route(response));
        Socket socket = server.socket()) {
      socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "reset",
      textBlock =
          """
          empty_response   | ''
          garbage          | lskdu
          malformed_chunk  | transfer-encoding: chunked
          close_mid_body   | content-length: 6
          connection_reset | reset
          """)
  void givenTls_whenAFaultIsPlayed_thenItIsWithinTls(
      String fault, @Nullable String received, Vertx vertx) throws Exception {
    String json =
        "{'tls':true,'routes':[{'match':{},'response':{'body':'abcdef','fault':'" + fault + "'}}]}";
    try (TestServer server = TestServer.of(vertx, json);
        Socket socket = Certificates.connect(server)) {
      socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));

      if (received == null) {
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketException.class);
      } else {
        String all =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(all).contains(received).doesNotEndWith("abcdef");
      }
      assertThat(server.stats().faults()).containsEntry(fault, 1L);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty_response",
        "malformed_chunk",
        "close_mid_body",
        "garbage",
        "connection_reset"
      })
  void givenHttp2_whenAFaultIsPlayed_thenTheRequestFailsAndTheNextIsServed(
      String fault, Vertx vertx) {
    String json =
        "{'routes':[{'match':{'path':'/fault'},'response':{'body':'abc','fault':'"
            + fault
            + "'}},{'match':{},'response':{'body':'fine'}}]}";
    try (TestServer server = TestServer.of(vertx, json);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      assertThat(TestServer.send(client, HttpRequest.newBuilder(server.uri("/"))).version())
          .isEqualTo(HttpClient.Version.HTTP_2);

      assertThatThrownBy(
              () -> TestServer.send(client, HttpRequest.newBuilder(server.uri("/fault"))))
          .hasCauseInstanceOf(IOException.class);

      assertThat(TestServer.send(client, HttpRequest.newBuilder(server.uri("/"))).body())
          .isEqualTo("fine");
      assertThat(server.stats().faults()).containsEntry(fault, 1L);
    }
  }

  @Test
  void givenAFaultInSomeOfTheCases_whenTheSeedIsTheSame_thenItStrikesTheSameRequests(Vertx vertx) {
    assertThat(struck(vertx)).isEqualTo(struck(vertx)).contains("500", "200");
  }

  private static String struck(Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, route("{'error':{'status':500,'percent':40.5}}"))) {
      StringBuilder statuses = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        statuses.append(server.get("/").statusCode()).append(' ');
      }
      return statuses.toString();
    }
  }

  @Test
  void givenAFaultThatNeverStrikes_whenRequestsCome_thenTheyAreAnswered(Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, route("{'body':'x','fault':'garbage','fault_percent':0}"))) {
      assertThat(server.get("/").body()).isEqualTo("x");
    }
  }
}
