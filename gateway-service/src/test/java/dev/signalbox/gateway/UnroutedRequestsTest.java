package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds of a client for what no route answers; the test is the trusted proxy. */
class UnroutedRequestsTest {

  private static final String GREEDY = "203.0.113.9";
  private static final String MODEST = "203.0.113.10";

  private GatewayFixture gateway;
  private RawClient held;

  /** A client whose only request stays open. */
  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(
            "gateway.trusted-proxies",
            "127.0.0.1",
            "gateway.max-requests-per-client",
            "1",
            "gateway.cors-origins",
            "https://site.example");
    held =
        gateway
            .raw()
            .send(
                "POST /api/v1/tasks HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\nExpect: 100-continue\r\nX-Forwarded-For: "
                    + GREEDY
                    + "\r\n\r\n");
    assertThat(held.readHead().status()).isEqualTo(100);
  }

  @AfterEach
  void stop() {
    held.close();
    gateway.close();
  }

  private RawClient.Response call(String client, String target, String fields) {
    try (RawClient connection = gateway.raw()) {
      return connection
          .send(
              target
                  + " HTTP/1.1\r\n$HOST\r\nX-Forwarded-For: "
                  + client
                  + "\r\n"
                  + fields
                  + "\r\n")
          .read();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST /api/v1/services, 405",
    "OPTIONS /api/v1/services, 204",
    "POST /nothing, 405",
    "OPTIONS /nothing, 204",
    "GET /api/v1/nothing, 404",
    "BREW /api/v1/nothing, 404"
  })
  void givenAClientAtItsBound_whenItAsksForWhatNoRouteAnswers_thenItAloneGets429(
      String target, int status) {
    assertThat(call(GREEDY, target, "").status()).isEqualTo(429);
    assertThat(call(MODEST, target, "").status()).isEqualTo(status);
  }

  @Test
  void givenAClientAtItsBound_whenItSendsAPreflight_thenItAloneGets429() {
    String preflight = "Origin: https://site.example\r\nAccess-Control-Request-Method: GET\r\n";

    assertThat(call(GREEDY, "OPTIONS /api/v1/services", preflight).status()).isEqualTo(429);
    assertThat(call(MODEST, "OPTIONS /api/v1/services", preflight).status()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({"POST /health/live, 405", "OPTIONS /metrics, 204"})
  void givenAClientAtItsBound_whenThePathAnswersUnderOverload_thenItIsAnswered(
      String target, int status) {
    assertThat(call(GREEDY, target, "").status()).isEqualTo(status);
  }
}
