package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways of a real cluster, and the limits of one token. */
class TokenUsageClusterIT {

  private static final String TOKEN = "limited-token-0123456789";

  @TempDir Path directory;

  private final String cluster = "usage-" + UUID.randomUUID();
  private Path tokens;

  @BeforeEach
  void start() throws IOException {
    tokens =
        Files.writeString(
            directory.resolve("tokens"),
            TokenEntry.of("ci", "operator", TOKEN, null, new TokenLimits(100, 5, 0)).line());
  }

  private GatewayFixture gateway(String data) {
    return GatewayFixture.start(
        List.of(
            FakeService.task(
                "greeter-service",
                FakeService.type("greet", "greeter.greet"),
                _ -> TaskReply.Finished.of(Map.of("greeting", "Hello")))),
        "platform.cluster",
        "true",
        "platform.cluster-name",
        cluster,
        "gateway.quiet-period",
        "0s",
        "platform.data",
        directory.resolve(data).toString(),
        "gateway.tokens-file",
        tokens.toString());
  }

  private static Reply greet(GatewayFixture gateway) {
    return gateway.send(
        "main",
        "POST",
        "/api/v1/tasks",
        "{\"task_name\":\"greet\"}",
        "Authorization",
        "Bearer " + TOKEN,
        "Content-Type",
        "application/json");
  }

  private static long left(GatewayFixture gateway) {
    return gateway
        .send("main", "GET", "/api/v1/whoami", null, "Authorization", "Bearer " + TOKEN)
        .json()
        .path("token")
        .path("tasks_left")
        .asLong(-1);
  }

  private static void awaitLeft(GatewayFixture gateway, long tasks) {
    await().atMost(60, TimeUnit.SECONDS).until(() -> left(gateway) == tasks);
  }

  @Test
  void givenTwoGateways_whenATokenUsesBoth_thenItsDayHoldsOverBothAndOverOneThatStarts() {
    GatewayFixture one = gateway("one");
    try (GatewayFixture two = gateway("two")) {
      assertThat(greet(one).status()).isEqualTo(200);
      assertThat(greet(one).status()).isEqualTo(200);
      awaitLeft(two, 3);
      assertThat(greet(two).status()).isEqualTo(200);
      awaitLeft(one, 2);

      one.close();
      try (GatewayFixture three = gateway("three")) {
        awaitLeft(three, 2);
        assertThat(greet(three).status()).isEqualTo(200);
        assertThat(greet(three).status()).isEqualTo(200);
        assertThat(greet(three).status()).isEqualTo(429);
        awaitLeft(two, 0);
        assertThat(greet(two).status()).isEqualTo(429);
      }
    }
  }
}
