package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a gateway does with what proxies say about their clients; the test is the proxy. */
class BehindAProxyTest {

  private static final String FOR = "X-Forwarded-For";

  @TempDir Path directory;

  private static Reply whoami(GatewayFixture gateway, String... fields) {
    return gateway.send("main", "GET", "/api/v1/whoami", null, fields);
  }

  private static GatewayFixture trusting(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("gateway.trusted-proxies", "127.0.0.1"));
    return GatewayFixture.start(all.toArray(String[]::new));
  }

  @Test
  void givenATrustedProxy_whenItNamesItsClient_thenTheClientIsTheCaller() {
    try (GatewayFixture gateway = trusting()) {
      JsonNode caller =
          whoami(gateway, FOR, "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto", "https").json();

      assertThat(caller.path("address").asText()).isEqualTo("203.0.113.9");
      assertThat(caller.path("secure").asBoolean()).isTrue();
    }
  }

  @Test
  void givenNoTrustedProxies_whenAClientWritesTheFields_thenTheyMeanNothing() {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      JsonNode caller =
          whoami(
                  gateway,
                  FOR,
                  "not an address",
                  "X-Forwarded-Proto",
                  "https",
                  "X-Forwarded-Host",
                  "other")
              .json();

      assertThat(caller.path("address").asText()).isEqualTo("127.0.0.1");
      assertThat(caller.path("secure").asBoolean()).isFalse();
    }
  }

  @Test
  void givenATrustedProxy_whenItsFieldIsMalformed_thenItIs400AndNamesTheField() {
    try (GatewayFixture gateway = trusting()) {
      Reply reply = whoami(gateway, FOR, "somewhere");

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body()).contains("X-Forwarded-For has an entry that is not an IP address");
    }
  }

  @ParameterizedTest
  @CsvSource({"site.example, 200", "evil.example, 403", "'a b', 400"})
  void givenATrustedProxy_whenItNamesTheHost_thenItMustBeAnAllowedOne(String host, int status) {
    try (GatewayFixture gateway = trusting("gateway.hosts", "site.example")) {
      assertThat(whoami(gateway, "X-Forwarded-Host", host).status()).isEqualTo(status);
    }
  }

  @Test
  void givenATrustedProxyWithTls_whenAPageOfItsSiteChangesSomething_thenItIsOfThisOrigin() {
    String[] proxied = {"X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example"};
    try (GatewayFixture gateway = trusting("gateway.hosts", "site.example")) {
      for (String scheme : List.of("https", "http")) {
        List<String> fields = new ArrayList<>(List.of(proxied));
        fields.addAll(List.of("Origin", scheme + "://site.example"));
        fields.addAll(List.of("Content-Type", "application/json"));
        Reply reply =
            gateway.send("main", "POST", "/api/v1/tasks", "{}", fields.toArray(String[]::new));

        // 400 is about the empty body, after the check of the origin.
        assertThat(reply.status()).isEqualTo(scheme.equals("https") ? 400 : 403);
      }
    }
  }

  @Test
  void givenCallsThroughAProxy_whenTheyChangeSomething_thenTheAuditLogNamesTheClient()
      throws IOException {
    Path log = directory.resolve("audit.log");
    try (GatewayFixture gateway = trusting("gateway.audit-log", log.toString())) {
      gateway.send("main", "DELETE", "/api/v1/servers/a", null, FOR, "203.0.113.9:4711");
      gateway.send("main", "DELETE", "/api/v1/servers/a", null, FOR, "2001:db8::9");
      gateway.send("main", "DELETE", "/api/v1/servers/a", null, FOR, "garbage");
    }

    List<String> peers = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      peers.add(Json.mapper().readTree(line).path("peer").asText());
    }
    assertThat(peers).hasSize(3);
    assertThat(peers.subList(0, 2)).containsExactly("203.0.113.9:4711", "2001:db8:0:0:0:0:0:9");
    assertThat(peers.get(2)).startsWith("127.0.0.1:");
  }

  @Test
  void givenAClientWithItsShareOfRequests_whenItsProxySendsThoseOfAnother_thenTheyAreAnswered() {
    // More connections than a client may have: those of a proxy are not a client's.
    try (GatewayFixture gateway =
            trusting(
                "gateway.max-requests-per-client", "1", "gateway.max-connections-per-client", "1");
        RawClient one = gateway.raw();
        RawClient again = gateway.raw();
        RawClient other = gateway.raw()) {
      // A body that does not come yet keeps the first client's request open.
      one.send(post("203.0.113.9", "Expect: 100-continue\r\n"));
      assertThat(one.readHead().status()).isEqualTo(100);

      assertThat(again.send(post("203.0.113.9", "") + "{}").read().status()).isEqualTo(429);
      assertThat(other.send(post("203.0.113.10", "") + "{}").read().status()).isEqualTo(400);

      assertThat(one.send("{}").read().status()).isEqualTo(400);
      assertThat(other.send(post("203.0.113.9", "") + "{}").read().status()).isEqualTo(400);
    }
  }

  private static String post(String client, String field) {
    return "POST /api/v1/tasks HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
        + "Content-Length: 2\r\n"
        + field
        + FOR
        + ": "
        + client
        + "\r\n\r\n";
  }

  @Test
  void givenAListThatHasNoAddress_whenStarted_thenTheErrorNamesTheSetting() {
    assertThatThrownBy(() -> GatewayFixture.start("gateway.trusted-proxies", "10.0.0.0/8,balancer"))
        .hasStackTraceContaining("gateway.trusted-proxies")
        .hasStackTraceContaining("balancer is not an address block");
  }
}
