package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.token.TokenEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {

  private static final String ONE = "one-token-0123456789";
  private static final String TWO = "two-token-0123456789";
  private static final String OLD = "old-token-0123456789";
  private static final String FREE = "free-token-0123456789";
  private static final String SERVICES = "/api/v1/services";

  @TempDir Path directory;

  private GatewayFixture gateway;

  @BeforeEach
  void start() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("tokens"),
            TokenEntry.of("one", "reader", ONE, null, 1).line()
                + "\n"
                + TokenEntry.of("two", "reader", TWO, null, 1).line()
                + "\n"
                + TokenEntry.of("old", "reader", OLD, Instant.EPOCH, 1).line()
                + "\nreader:"
                + FREE);
    gateway =
        GatewayFixture.start(
            "gateway.tokens-file", file.toString(), "gateway.cors-origins", "https://site.example");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply call(String method, String path, String token) {
    return gateway.send("main", method, path, null, "Authorization", "Bearer " + token);
  }

  @Test
  void givenATokenWithALimit_whenItIsReached_thenTheNextRequestIs429AndSaysWhenToComeBack() {
    Reply first = call("GET", SERVICES, ONE);
    Reply second = call("GET", SERVICES, ONE);

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("ratelimit-policy")).isEqualTo("\"token\";q=1;w=60");
    assertThat(first.header("ratelimit")).matches("\"token\";r=0;t=\\d\\d?");
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.header("retry-after")).matches("[1-9]\\d?");
    assertThat(second.header("ratelimit"))
        .isEqualTo("\"token\";r=0;t=" + second.header("retry-after"));
    assertThat(second.header("ratelimit-policy")).isEqualTo("\"token\";q=1;w=60");
    assertThat(second.json().path("code").asText()).isEqualTo("TOO_MANY_REQUESTS");
    assertThat(second.json().path("retryable").asBoolean()).isTrue();
    assertThat(second.json().path("detail").asText())
        .isEqualTo("The token may send 1 requests a minute");
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /api/v1/servers/a, 403",
    "GET, /api/v1/services?a=b, 400",
    "GET, /api/v1/whoami, 200",
    "GET, /api/v1/nothing, 404",
    "POST, /nothing, 405",
    "POST, /api/v1/services, 405",
    "OPTIONS, /api/v1/services, 204"
  })
  void givenATokenWithALimit_whenAnyCallIsAnswered_thenItCountsAndTheResponseSaysWhatIsLeft(
      String method, String path, int status) {
    Reply reply = call(method, path, ONE);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("ratelimit")).startsWith("\"token\";r=0;t=");
    assertThat(call("GET", SERVICES, ONE).status()).isEqualTo(429);
  }

  @Test
  void givenALimitThatIsReached_whenAPreflightHasTheToken_thenItIs429() {
    String[] preflight = {
      "Origin",
      "https://site.example",
      "Access-Control-Request-Method",
      "GET",
      "Authorization",
      "Bearer " + ONE
    };
    Reply first = gateway.send("main", "OPTIONS", SERVICES, null, preflight);
    Reply second = gateway.send("main", "OPTIONS", SERVICES, null, preflight);

    assertThat(first.status()).isEqualTo(204);
    assertThat(first.header("access-control-allow-origin")).isEqualTo("https://site.example");
    assertThat(second.status()).isEqualTo(429);
  }

  @Test
  void givenALimitThatIsReached_whenOtherTokensCall_thenTheyAreServed() {
    call("GET", SERVICES, ONE);

    assertThat(call("GET", SERVICES, ONE).status()).isEqualTo(429);
    assertThat(call("GET", SERVICES, TWO).status()).isEqualTo(200);
    assertThat(call("GET", SERVICES, FREE).status()).isEqualTo(200);
  }

  @Test
  void givenALimitThatIsReached_whenHealthIsAsked_thenItIsAnsweredAndNotCounted() {
    Reply before = call("GET", "/health/live", ONE);
    call("GET", SERVICES, ONE);
    Reply after = call("GET", "/health/live", ONE);

    assertThat(before.header("ratelimit")).isEqualTo("\"token\";r=1");
    assertThat(after.status()).isEqualTo(200);
    assertThat(after.header("ratelimit")).startsWith("\"token\";r=0;t=");
  }

  @Test
  void givenATokenWithoutALimitOrAnExpiredOne_whenCalled_thenNoLimitIsTold() {
    assertThat(call("GET", SERVICES, FREE).header("ratelimit")).isEmpty();
    assertThat(call("GET", SERVICES, FREE).header("ratelimit-policy")).isEmpty();
    assertThat(call("GET", SERVICES, OLD).header("ratelimit")).isEmpty();
    assertThat(gateway.get(SERVICES).header("ratelimit")).isEmpty();
  }
}
