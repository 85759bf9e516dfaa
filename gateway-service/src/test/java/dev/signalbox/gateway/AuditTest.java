package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.token.TokenEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which calls the audit log has, and what it says about them. */
class AuditTest {

  private static final String TOKEN = "ci-token-0123456789";
  private static final String PLAIN = "plain-token-0123456789";

  @TempDir Path directory;

  private Path tokens;
  private Path log;

  @BeforeEach
  void files() throws IOException {
    log = directory.resolve("audit.log");
    tokens =
        Files.writeString(
            directory.resolve("tokens"),
            TokenEntry.of("ci", "admin", TOKEN, null, 0).line() + "\nreader:" + PLAIN);
  }

  private GatewayFixture start() {
    return GatewayFixture.start(
        "gateway.tokens-file", tokens.toString(), "gateway.audit-log", log.toString());
  }

  private static Reply call(GatewayFixture gateway, String method, String path, String token) {
    return gateway.send(
        "main", method, path, null, "Authorization", "Bearer " + token, "X-Request-Id", "the-id");
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  @Test
  void givenACallThatChangesSomething_whenItEnds_thenItsLineSaysWhoDidWhatAndNoSecret()
      throws IOException {
    int status;
    try (GatewayFixture gateway = start()) {
      status = call(gateway, "DELETE", "/api/v1/servers/a%20b?key=secret-value", TOKEN).status();
    }

    assertThat(lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.path("time").asText()).matches("\\d{4}-.*T.*\\.\\d{3}Z");
          assertThat(line.path("token").asText()).isEqualTo("ci");
          assertThat(line.path("role").asText()).isEqualTo("admin");
          assertThat(line.path("peer").asText()).startsWith("127.0.0.1:");
          assertThat(line.path("method").asText()).isEqualTo("DELETE");
          assertThat(line.path("path").asText()).isEqualTo("/api/v1/servers/a%20b");
          assertThat(line.path("route").asText()).isEqualTo("/api/v1/servers/{id}");
          assertThat(line.path("status").asInt()).isEqualTo(status);
          assertThat(line.path("request_id").asText()).isEqualTo("the-id");
        });
    assertThat(log).content().doesNotContain(TOKEN, "secret-value");
  }

  @Test
  void givenCallsThatRead_whenTheyEnd_thenTheyAreNotRecorded() throws IOException {
    try (GatewayFixture gateway = start()) {
      call(gateway, "GET", "/api/v1/services", TOKEN);
      call(gateway, "HEAD", "/api/v1/services", TOKEN);
      call(gateway, "OPTIONS", "/api/v1/services", TOKEN);
    }

    assertThat(log).isEmptyFile();
  }

  @Test
  void givenACallThatChangesSomethingByGet_whenItEnds_thenItIsRecordedWithoutItsQuery()
      throws IOException {
    try (GatewayFixture gateway = start()) {
      call(gateway, "GET", "/revise?id=1&code=0", TOKEN);
    }

    assertThat(lines())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.path("method").asText()).isEqualTo("GET");
          assertThat(line.path("path").asText()).isEqualTo("/revise");
        });
  }

  @Test
  void givenCallsThatAreRefused_whenTheyEnd_thenTheyAreRecordedWithTheirStatus()
      throws IOException {
    try (GatewayFixture gateway = start()) {
      call(gateway, "POST", "/api/v1/tasks", PLAIN);
      call(gateway, "POST", "/api/v1/tasks", "no-token-of-anybody");
      call(gateway, "POST", "/api/v1/nothing", TOKEN);
    }

    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.path("status").asInt())
        .containsExactly(403, 401, 404);
    assertThat(lines.get(0).path("token").isNull()).isTrue();
    assertThat(lines.get(0).path("role").asText()).isEqualTo("reader");
    assertThat(lines.get(1).path("role").isNull()).isTrue();
    assertThat(lines.get(2).path("route").isNull()).isTrue();
    assertThat(log).content().doesNotContain("no-token-of-anybody", PLAIN);
  }

  @Test
  void givenAPathThatCannotBeOpened_whenStarted_thenTheStartFailsAndNamesTheSetting() {
    assertThatThrownBy(() -> GatewayFixture.start("gateway.audit-log", directory.toString()))
        .hasStackTraceContaining("gateway.audit-log")
        .hasStackTraceContaining("is no regular file");
  }
}
