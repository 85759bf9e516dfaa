package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that last longer than the right to read them. */
class StreamAccessTest {

  private static final String NAMED = "named-token-0123456789";
  private static final String PLAIN = "plain-token-0123456789";
  private static final String STAYS = "stays-token-0123456789";
  private static final String OTHER = "other-token-0123456789";
  private static final String RUNS = "runs-token-0123456789";

  private static final String TASK = "{\"task_name\":\"echo\"}";

  @TempDir Path directory;

  private Path file;
  private GatewayFixture gateway;

  private static String line(String token, Instant expires) {
    return TokenEntry.of("ci", "reader", token, expires, TokenLimits.NONE).line() + "\n";
  }

  private static String plain(String token) {
    return "reader:" + token + "\n";
  }

  @BeforeEach
  void start() throws IOException {
    file =
        Files.writeString(
            directory.resolve("tokens"),
            line(NAMED, null) + plain(PLAIN) + plain(STAYS) + "operator:" + RUNS + "\n");
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "code-service",
                    endpoint ->
                        endpoint.serve(
                            CodeContract.LIST_MESSAGES,
                            (request, _) ->
                                Future.succeededFuture(
                                    new ListMessagesReply(List.of(), false, request.after())))),
                FakeService.task(
                    "echo-service",
                    FakeService.type("echo", "echo.echo"),
                    _ -> TaskReply.Finished.of(Map.of()))),
            "gateway.tokens-file",
            file.toString(),
            "gateway.event-heartbeat",
            "50ms");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void replace(String text) throws IOException {
    Path other = Files.writeString(directory.resolve("new"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private RawClient open(String path, String token) {
    RawClient client = gateway.raw();
    client.send(
        "GET "
            + path
            + " HTTP/1.1\r\n$HOST\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
            + token
            + "\r\n\r\n");
    assertThat(client.readChunkAfterHead()).isEqualTo("retry: 2000\n\n");
    return client;
  }

  private int status(String token) {
    return gateway
        .send("main", "GET", "/api/v1/services", null, "Authorization", "Bearer " + token)
        .status();
  }

  static Stream<Arguments> changes() {
    String stays = plain(STAYS);
    return Stream.of("/api/v1/events", "/api/v1/messages")
        .flatMap(path ->
            Stream.of(
                Arguments.of(path, NAMED, stays),
                Arguments.of(path, NAMED, stays + line(OTHER, null)),
                Arguments.of(path, NAMED, stays + line(NAMED, Instant.now().minusSeconds(5))),
                Arguments.of(path, PLAIN, stays),
                Arguments.of(path, PLAIN, stays + plain(OTHER))));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void givenAnOpenStream_whenItsTokenIsNoLongerGood_thenItEndsAndAnotherGoesOn(
      String path, String token, String tokens) throws IOException {
    try (RawClient ends = open(path, token);
        RawClient goesOn = open(path, STAYS)) {
      replace(tokens);
      await().atMost(40, TimeUnit.SECONDS).until(() -> status(token) == 401);

      // The last chunk: it ended as responses end, and was not cut.
      assertThat(ends.readToEnd()).endsWith("\r\n0\r\n\r\n");
      String next = goesOn.readChunk();
      assertThat(next).isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"/api/v1/events", "/api/v1/messages"})
  void givenAnOpenStream_whenTheFileIsReadAgainWithItsToken_thenItGoesOn(String path)
      throws IOException {
    try (RawClient stream = open(path, NAMED)) {
      replace(line(NAMED, null) + plain(OTHER));
      await().atMost(40, TimeUnit.SECONDS).until(() -> status(OTHER) == 200);

      for (int i = 0; i < 40; i++) {
        assertThat(stream.readChunk()).isNotEmpty();
      }
    }
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private RawClient openTasks() {
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() ->
            gateway
                .send("main", "GET", "/api/v1/task-types", null, "Authorization", "Bearer " + STAYS)
                .body()
                .contains("echo"));
    RawClient client = gateway.raw();
    client.send(
        "POST /api/v1/tasks/stream HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
            + "Transfer-Encoding: chunked\r\nAuthorization: Bearer "
            + RUNS
            + "\r\n\r\n"
            + chunk(TASK + "\n"));
    assertThat(client.readChunkAfterHead()).contains("\"status\":\"finished\"");
    return client;
  }

  static Stream<Arguments> pieces() {
    String unknown = "{\"task_name\":\"no_such\"}";
    return Stream.of(
        Arguments.of("a task", TASK + "\n", "UNAUTHENTICATED", 1),
        Arguments.of("many tasks", (TASK + "\n").repeat(50), "UNAUTHENTICATED", 1),
        Arguments.of("an unknown task", unknown + "\n" + unknown + "\n", "UNAUTHENTICATED", 1),
        Arguments.of("no task", "nonsense\nnonsense\n", "BAD_TASK", 1),
        Arguments.of("half a task", TASK.substring(5), "summary", 0),
        Arguments.of("blank lines", "\n \n", "summary", 0));
  }

  @ParameterizedTest
  @MethodSource("pieces")
  void givenAStreamOfTasks_whenItsTokenIsRevokedAndTheClientSends_thenItEndsAfterOneResult(
      String what, String piece, String says, int failed) throws IOException {
    try (RawClient stream = openTasks()) {
      replace(plain(STAYS));
      await().atMost(40, TimeUnit.SECONDS).until(() -> status(RUNS) == 401);

      stream.send(chunk(piece));

      assertThat(stream.readToEnd())
          .as(what)
          .contains(says)
          .contains("{\"summary\":{\"finished\":1,\"failed\":" + failed + ",")
          .endsWith("\r\n0\r\n\r\n");
    }
  }
}
