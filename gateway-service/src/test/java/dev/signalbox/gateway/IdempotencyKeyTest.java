package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.GatewayFixture.Reply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The rule of Idempotency-Key, the same wherever it is taken; no service is there to be asked. */
class IdempotencyKeyTest {

  private static final Map<String, String> BODIES =
      Map.of(
          "/api/v1/servers", "{\"page_uri\":\"/x\"}",
          "/api/v1/messages", "{\"uuid\":\"u\",\"unique\":\"c\",\"text\":\"t\"}",
          "/api/v1/census/leases", "{\"worker\":\"w\"}");

  @SuppressWarnings("unused") // a FieldSource
  static final List<String> PATHS = List.copyOf(BODIES.keySet());

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayFixture.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply post(String path, String... keys) {
    return gateway.postWithKeys(path, BODIES.get(path), keys);
  }

  @ParameterizedTest
  @FieldSource("PATHS")
  void givenTwoKeys_whenPosted_then400NamesHeaderAndRule(String path) {
    assertRefused(post(path, "one", "two"));
  }

  @ParameterizedTest
  @FieldSource("PATHS")
  void givenTheSameKeyTwice_whenPosted_thenItIs400Too(String path) {
    assertRefused(post(path, "one", "one"));
  }

  @ParameterizedTest
  @FieldSource("PATHS")
  void givenAnEmptyOrOverlongKey_whenPosted_thenItIs400(String path) {
    assertRefused(post(path, ""));
    assertRefused(post(path, "k".repeat(201)));
  }

  @ParameterizedTest
  @FieldSource("PATHS")
  void givenTheLongestKeyOrNone_whenPosted_thenTheServiceIsAsked(String path) {
    assertThat(post(path, "k".repeat(200)).status()).isEqualTo(503);
    assertThat(post(path).status()).isEqualTo(503);
  }

  private static void assertRefused(Reply reply) {
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("code").asText()).isEqualTo("INVALID_REQUEST");
    assertThat(reply.json().get("detail").asText())
        .isEqualTo("Idempotency-Key must be sent once, with 1 to 200 printable ASCII characters");
  }
}
