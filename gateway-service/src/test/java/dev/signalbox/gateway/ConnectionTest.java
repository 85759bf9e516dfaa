package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {

  private static GatewayFixture gateway;
  private static GatewayFixture impatient;

  @BeforeAll
  static void start() {
    gateway = start("20s");
    impatient = start("400ms");
  }

  private static GatewayFixture start(String keepAlive) {
    return GatewayFixture.start(
        "gateway.keep-alive-timeout", keepAlive, "gateway.keep-alive-requests", "5");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    impatient.close();
  }

  @Test
  void everyAnswerSaysServerDateAndRequestId() {
    try (RawClient client = gateway.raw()) {
      RawClient.Response answer = client.get("/health/live");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("server")).isEqualTo("signalbox");
      assertThat(answer.header("date")).matches("[A-Z][a-z]{2}, \\d{2} .* GMT");
      assertThat(answer.header("x-request-id")).isNotEmpty();
      assertThat(answer.header("connection")).isEqualTo("keep-alive");
      assertThat(answer.header("keep-alive")).isEqualTo("timeout=20, max=5");
    }
  }

  @Test
  void theLastAllowedRequestOfAConnectionSaysCloseAndCloses() {
    try (RawClient client = gateway.raw()) {
      for (int i = 0; i < 4; i++) {
        assertThat(client.get("/health/live").header("connection")).isEqualTo("keep-alive");
      }

      assertThat(client.get("/health/live").header("connection")).isEqualTo("close");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"OPTIONS * HTTP/1.1", "GET * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET / HTTP/1.2"})
  void aLastRequestThatReachesNoRouteClosesTheConnectionToo(String requestLine) {
    try (RawClient client = gateway.raw()) {
      for (int i = 0; i < 4; i++) {
        client.get("/health/live");
      }

      client.send(requestLine + "\r\n$HOST\r\n\r\n");
      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderAndNoneBeyondTheLimit() {
    try (RawClient client = gateway.raw()) {
      StringBuilder all = new StringBuilder();
      for (int i = 1; i <= 8; i++) {
        all.append("GET /health/live HTTP/1.1\r\n$HOST\r\nX-Request-Id: r" + i + "\r\n\r\n");
      }
      client.send(all.toString());

      for (int i = 1; i <= 5; i++) {
        assertThat(client.read().header("x-request-id")).isEqualTo("r" + i);
      }
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void anIdleConnectionIsClosed() {
    try (RawClient client = impatient.raw()) {
      client.get("/health/live");

      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aConnectionThatNeverSaysAnythingIsClosed() {
    try (RawClient client = impatient.raw()) {
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aHeaderThatDribblesInDoesNotKeepTheConnectionOpen() throws InterruptedException {
    try (RawClient client = impatient.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n");
      Thread dribble =
          Thread.ofVirtual()
              .start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                  client.send("X-A: b\r\n");
                  LockSupport.parkNanos(50_000_000);
                }
              });

      assertThat(client.closedByServer()).isTrue();
      dribble.interrupt();
      dribble.join();
    }
  }

  @Test
  void http10ClosesUnlessAskedToStay() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.0\r\n$HOST\r\n\r\n");
      RawClient.Response answer = client.read();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void http10StaysWhenAsked() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.0\r\n$HOST\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.read().header("connection")).isEqualTo("keep-alive");

      client.send("GET /health/live HTTP/1.0\r\n$HOST\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatSaysCloseGetsClose() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\nConnection: close\r\n\r\n");

      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    try (RawClient client = gateway.raw()) {
      client.send("HEAD /health/live HTTP/1.1\r\n$HOST\r\n\r\n");
      RawClient.Response head = client.readHead();

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("17");
      assertThat(client.get("/health/live").body()).hasSize(17);
    }
  }

  @Test
  void aWellFormedRequestIdIsTakenAndAnotherIsReplaced() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\nX-Request-Id: mine-1.a_b\r\n\r\n");
      assertThat(client.read().header("x-request-id")).isEqualTo("mine-1.a_b");

      client.send("GET /health/live HTTP/1.1\r\n$HOST\r\nX-Request-Id: not mine;\r\n\r\n");
      assertThat(client.read().header("x-request-id")).matches("[0-9a-f]+-[0-9a-f]+");
    }
  }
}
