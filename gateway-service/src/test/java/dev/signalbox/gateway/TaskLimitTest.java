package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.limit.UsageFile;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limit of a token's tasks on a day. */
class TaskLimitTest {

  private static final String TOKEN = "limited-token-0123456789";
  private static final String FREE = "free-token-0123456789";
  private static final String GREET = "{\"task_name\":\"greet\"}";
  private static final String JSON = "application/json";
  private static final String CHUNK =
      Integer.toHexString(GREET.length() + 1) + "\r\n" + GREET + "\n\r\n";
  private static final String RULE = "The token may begin 2 tasks a day (UTC)";

  @TempDir Path directory;

  private Path file;
  private GatewayFixture gateway;

  private static String line(String name, int perDay) {
    return TokenEntry.of(name, "operator", TOKEN, null, new TokenLimits(0, perDay, 3)).line()
        + "\noperator:"
        + FREE
        + "\n";
  }

  @BeforeEach
  void start() throws IOException {
    file = Files.writeString(directory.resolve("tokens"), line("ci", 2));
    gateway = started();
  }

  private GatewayFixture started() {
    return GatewayFixture.start(
        List.of(
            FakeService.task(
                "greeter-service",
                FakeService.type("greet", "greeter.greet"),
                task ->
                    TaskReply.Finished.of(Map.of("requester", String.valueOf(task.requester())))),
            FakeService.named(
                "server-factory-service",
                endpoint ->
                    endpoint.serve(
                        ServerFactoryContract.START,
                        (request, _) ->
                            Future.succeededFuture(
                                new StartServerReply.Refused(
                                    StartServerReply.Reason.LIMIT,
                                    "Not for " + request.requester(),
                                    false)))),
            FakeService.named(
                "dns-service",
                endpoint ->
                    endpoint.serve(
                        DnsContract.EXCHANGE,
                        (_, _) ->
                            Future.succeededFuture(
                                new DnsExchangeReply(new Binary(new byte[12]), 1))))),
        "gateway.tokens-file",
        file.toString(),
        "platform.data",
        directory.resolve("data").toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply call(String method, String path, String type, String body, String token) {
    return type == null
        ? gateway.send("main", method, path, body, "Authorization", "Bearer " + token)
        : gateway.send(
            "main", method, path, body, "Authorization", "Bearer " + token, "Content-Type", type);
  }

  private Reply greet() {
    return call("POST", "/api/v1/tasks", JSON, GREET, TOKEN);
  }

  private long left() {
    JsonNode left = call("GET", "/api/v1/whoami", null, null, TOKEN).json();
    return left.path("token").path("tasks_left").asLong(-1);
  }

  private void replace(String text) throws IOException {
    Path other = Files.writeString(directory.resolve("new"), text);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void givenALimit_whenItIsReached_thenTheNextTaskIs429AndSaysWhenTheDayEnds() {
    Reply first = greet();
    Reply second = greet();
    Reply third = greet();

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("ratelimit-policy")).isEqualTo("\"tasks\";q=2;w=86400");
    assertThat(first.header("ratelimit")).matches("\"tasks\";r=1;t=\\d{1,5}");
    assertThat(second.header("ratelimit")).matches("\"tasks\";r=0;t=\\d{1,5}");
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.header("retry-after")).matches("[1-9]\\d{0,4}");
    assertThat(third.header("ratelimit"))
        .isEqualTo("\"tasks\";r=0;t=" + third.header("retry-after"));
    assertThat(third.json().path("code").asText()).isEqualTo("TOO_MANY_REQUESTS");
    assertThat(third.json().path("retryable").asBoolean()).isTrue();
    assertThat(third.json().path("detail").asText()).isEqualTo(RULE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/run_task|application/json|{\"task_name\":\"greet\"}|200|429",
        "GET|/resolve?name=a.test|||503|429",
        "GET|/dns-query?dns=AAAAAAAAAAAAAAAA|||200|429",
        "POST|/dns-query|application/dns-message|twelve bytes|200|429",
        "GET|/probe?target=127.0.0.1:9|||503|429"
      })
  void givenAnyRouteThatRunsATask_whenTheLimitIsReached_thenItIs429(
      String method, String path, String type, String body, int status, int beyond) {
    assertThat(call(method, path, type, body, TOKEN).status()).isEqualTo(status);
    assertThat(left()).isEqualTo(1);
    assertThat(call(method, path, type, body, TOKEN).status()).isEqualTo(status);

    Reply refused = call(method, path, type, body, TOKEN);

    assertThat(refused.status()).isEqualTo(beyond);
    assertThat(refused.body()).contains(RULE);
    assertThat(refused.header("retry-after")).matches("[1-9]\\d{0,4}");
    assertThat(call(method, path, type, body, FREE).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/api/v1/tasks|{\"task_name\":\"nobody knows\"}|400",
        "POST|/api/v1/tasks|{\"task_name\":1}|400",
        "GET|/api/v1/task-types||200",
        "POST|/dns-query|{}|415"
      })
  void givenACallThatBeginsNoTask_whenItIsAnswered_thenNothingIsTaken(
      String method, String path, String body, int status) {
    assertThat(call(method, path, body == null ? null : JSON, body, TOKEN).status())
        .isEqualTo(status);
    assertThat(left()).isEqualTo(2);
  }

  @Test
  void givenALimitThatIsReachedWithinABatch_whenItEnds_thenTheOthersAreRefusedEachByItsError() {
    Reply reply =
        call(
            "POST",
            "/api/v1/tasks/batch",
            JSON,
            "{\"tasks\":["
                + IntStream.range(0, 5).mapToObj(_ -> GREET).collect(Collectors.joining(","))
                + "]}",
            TOKEN);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("counts").toString()).isEqualTo("{\"finished\":2,\"failed\":3}");
    assertThat(StreamSupport.stream(reply.json().path("results").spliterator(), false))
        .filteredOn(result -> result.path("status").asText().equals("failed"))
        .hasSize(3)
        .allSatisfy(result -> {
          assertThat(result.path("error").path("code").asText()).isEqualTo("TOO_MANY_REQUESTS");
          assertThat(result.path("error").path("message").asText()).isEqualTo(RULE);
          assertThat(result.path("error").path("retryable").asBoolean()).isTrue();
        });
  }

  @Test
  void givenALimitThatIsReachedWithinAStream_whenItEnds_thenTheOthersAreRefusedEachByItsError() {
    Reply reply =
        call(
            "POST",
            "/api/v1/tasks/stream",
            "application/x-ndjson",
            (GREET + "\n").repeat(5),
            TOKEN);

    assertThat(reply.status()).isEqualTo(200);
    List<String> lines = reply.body().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines).filteredOn(line -> line.contains("TOO_MANY_REQUESTS")).hasSize(3);
    assertThat(lines.getLast()).contains("\"finished\":2,\"failed\":3");
  }

  @Test
  void givenALimitThatIsReachedWithinAClassicList_whenItEnds_thenTheOthersAreErrorItems() {
    Reply reply =
        call(
            "POST",
            "/run_tasks",
            JSON,
            "{\"tasks\":[" + GREET + "," + GREET + "," + GREET + "]}",
            TOKEN);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("results").get(2).toString())
        .isEqualTo("{\"status\":\"error\",\"message\":\"" + RULE + "\"}");
  }

  @Test
  void givenTasksBegun_whenTheFileLowersAndRaisesTheLimit_thenTheCountStays() throws IOException {
    greet();
    replace(line("ci", 1));
    await().atMost(40, TimeUnit.SECONDS).until(() -> left() == 0);
    assertThat(greet().status()).isEqualTo(429);

    replace(line("ci", 5));
    await().atMost(40, TimeUnit.SECONDS).until(() -> left() == 4);
    assertThat(greet().status()).isEqualTo(200);
  }

  @Test
  void givenTasksBegun_whenTheTokenIsRemovedAndMadeAgain_thenTheCountIsThatOfItsName()
      throws IOException {
    greet();
    replace("operator:" + FREE + "\n");
    await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> call("GET", "/api/v1/services", null, null, TOKEN).status() == 401);

    replace(line("ci", 2));
    await().atMost(40, TimeUnit.SECONDS).until(() -> left() == 1);
    replace(line("renamed", 2));
    await().atMost(40, TimeUnit.SECONDS).until(() -> left() == 2);
  }

  @Test
  void givenTasksBegun_whenTheGatewayIsStartedAgain_thenTheDayGoesOn() {
    greet();
    gateway.close();
    assertThat(directory.resolve("data").resolve(UsageFile.NAME))
        .content()
        .contains("\"ci\":1")
        .doesNotContain(TOKEN);

    gateway = started();

    assertThat(left()).isEqualTo(1);
    assertThat(greet().status()).isEqualTo(200);
    assertThat(greet().status()).isEqualTo(429);
  }

  @Test
  void givenTasksBegun_whenTheGatewayRunsOn_thenTheyAreSavedWithinSeconds() {
    greet();

    await()
        .atMost(40, TimeUnit.SECONDS)
        .until(() -> Files.exists(directory.resolve("data").resolve(UsageFile.NAME)));
  }

  @Test
  void givenATokenWithAName_whenItRunsATask_thenTheServiceKnowsNameAndLimit() {
    assertThat(greet().json().path("result").path("requester").asText())
        .isEqualTo("Requester[name=ci, serversAtOnce=3]");
    assertThat(
            call("POST", "/api/v1/tasks", JSON, GREET, FREE)
                .json()
                .path("result")
                .path("requester")
                .asText())
        .isEqualTo("null");
  }

  private RawClient streaming() {
    RawClient client = gateway.raw();
    client.send(
        "POST /api/v1/tasks/stream HTTP/1.1\r\n$HOST\r\nContent-Type: application/x-ndjson\r\n"
            + "Authorization: Bearer "
            + TOKEN
            + "\r\nTransfer-Encoding: chunked\r\n\r\n"
            + CHUNK);
    assertThat(client.readChunkAfterHead())
        .contains("Requester[name=ci, serversAtOnce=3]", "\"index\":0");
    return client;
  }

  private String next(RawClient client) {
    client.send(CHUNK);
    return client.readChunk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ci reader", "ci operator made-again-0123456789"})
  void givenAnOpenStream_whenItsTokenIsRevokedOrGrantsLess_thenItBeginsNoMoreTasks(String changed)
      throws IOException {
    replace(line("ci", 1_000));
    await().atMost(40, TimeUnit.SECONDS).until(() -> left() == 1_000);
    try (RawClient client = streaming()) {
      String[] words = changed.split(" ");
      replace(
          (changed.isEmpty()
                  ? ""
                  : TokenEntry.of(
                          words[0],
                          words[1],
                          words.length > 2 ? words[2] : TOKEN,
                          null,
                          new TokenLimits(0, 1_000, 3))
                      .line())
              + "\noperator:"
              + FREE
              + "\n");

      await()
          .atMost(40, TimeUnit.SECONDS)
          .until(() -> next(client), answer -> answer.contains("UNAUTHENTICATED"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ci", "other"})
  void givenAnOpenStream_whenTheLineOfItsTokenChanges_thenServicesAreToldTheNewNameAndLimits(
      String name) throws IOException {
    replace(line("ci", 1_000));
    try (RawClient client = streaming()) {
      replace(
          TokenEntry.of(name, "operator", TOKEN, null, new TokenLimits(0, 1_000, 1)).line() + "\n");

      await()
          .atMost(40, TimeUnit.SECONDS)
          .until(
              () -> next(client),
              answer -> answer.contains("Requester[name=" + name + ", serversAtOnce=1]"));
    }
  }

  @Test
  void givenATokenThatHasAllItsServers_whenItStartsOne_thenItIs409AndNamesTheLimit() {
    Reply reply = call("POST", "/api/v1/servers", JSON, "{\"page_uri\":\"/a\"}", TOKEN);

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.json().path("code").asText()).isEqualTo("LIMIT_REACHED");
    assertThat(reply.json().path("detail").asText())
        .isEqualTo("Not for Requester[name=ci, serversAtOnce=3]");
  }

  @Test
  void givenRefusedTasks_whenMetricsAreRead_thenTheyAreCountedByLimitWithoutTheToken() {
    greet();
    greet();
    greet();

    assertThat(call("GET", "/metrics", null, null, FREE).body().lines())
        .filteredOn(line -> line.startsWith("signalbox_token_limited_total"))
        .anySatisfy(line -> assertThat(line).contains("limit=\"tasks-per-day\"").endsWith(" 1.0"))
        .noneSatisfy(line -> assertThat(line).contains("ci"));
  }
}
