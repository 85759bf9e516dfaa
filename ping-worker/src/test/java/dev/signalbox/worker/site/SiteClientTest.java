package dev.signalbox.worker.site;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.worker.FakeSite;
import dev.signalbox.worker.FakeSite.Answer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteClientTest {

  private final Vertx vertx = Vertx.vertx();
  private final FakeSite site = new FakeSite(257, 10);
  private final SiteClient client = client(site.uri());

  private SiteClient client(URI uri) {
    return new SiteClient(vertx, uri, "bearer", "test", 20_000);
  }

  @AfterEach
  void stop() {
    site.close();
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static SiteException failure(Future<?> future) {
    CompletionException thrown =
        catchThrowableOfType(CompletionException.class, () -> await(future));
    assertThat(thrown).isNotNull();
    return (SiteException) thrown.getCause();
  }

  private Future<Lease> lease() {
    return client.lease("key", SiteClient.leaseBody("w", "ada", null, 2), "secret");
  }

  @Test
  void givenTasks_whenLeased_thenTheLeaseIsRead() {
    Lease lease = await(lease());

    assertThat(lease.tasks()).extracting(Lease.LeasedTask::index).containsExactly(257, 258);
    assertThat(lease.tasks().getFirst().exclude()).containsExactly("1.1.2.0/24");
    assertThat(site.requests.getFirst().header("Idempotency-Key")).isEqualTo("key");
    assertThat(site.requests.getFirst().header("Contributor-Key")).isEqualTo("secret");
    assertThat(site.requests.getFirst().header("Authorization")).isEqualTo("Bearer bearer");
    assertThat(site.requests.getFirst().text())
        .isEqualTo("{\"worker\":\"w\",\"contributor\":\"ada\",\"count\":2}");
  }

  @Test
  void givenAResult_whenSubmitted_thenItsBytesArriveWithTheToken() {
    byte[] codes = new byte[65_536];
    codes[7] = 9;

    await(client.submit(3, "token", codes));

    assertThat(site.results.get(3)).isEqualTo(codes);
    assertThat(site.requests.getFirst().header("Lease-Token")).isEqualTo("token");
  }

  @Test
  void givenAHeartbeat_whenSent_thenItTellsWhatIsDone() {
    await(client.heartbeat("lease-1", Map.of(5, 0.25)));

    assertThat(site.requests.getFirst().text()).isEqualTo("{\"done\":{\"5\":0.25}}");
  }

  @ParameterizedTest
  @CsvSource({
    "503, UNAVAILABLE, true",
    "429, TOO_MANY_LEASED, true",
    "404, NO_TASKS_AVAILABLE, true",
    "500, INTERNAL, true",
    "403, CONTRIBUTOR_KEY, false",
    "400, INVALID_REQUEST, false",
    "409, LEASE_LOST, false",
    "404, NOT_FOUND, false"
  })
  void givenAnError_whenItComes_thenItSaysWhetherToRepeat(
      int status, String code, boolean temporary) {
    site.nextLeases.add(Answer.problem(status, code, "why not", "Retry-After", "7"));

    SiteException refused = failure(lease());

    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused.getMessage()).isEqualTo("why not");
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(refused.isTemporary()).isEqualTo(temporary);
  }

  private static String leaseOf(String... tasks) {
    return leaseUntil(Instant.now().plusSeconds(600).toString(), tasks);
  }

  private static String leaseUntil(String expiresAt, String... tasks) {
    return "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"%s\",\"tasks\":[%s]}"
        .formatted(expiresAt, String.join(",", tasks));
  }

  private static String task(int index) {
    return "{\"task_index\":%d,\"exclude\":[]}".formatted(index);
  }

  static Stream<Arguments> answersThatAreNoLease() {
    return Stream.of(
        Arguments.of("", "not what a census answers"),
        Arguments.of("<html>", "not what a census answers"),
        Arguments.of("[]", "not what a census answers"),
        Arguments.of("{}", "no tasks"),
        Arguments.of("{\"lease_id\":\"a\"", "not what a census answers"),
        Arguments.of("null", "not what a census answers"),
        Arguments.of(leaseOf(task(257)).replace("\"a\"", "\"../x\""), "no usable lease_id"),
        Arguments.of(leaseOf(task(257)).replace("\"t\"", "\"t\\r\\nx\""), "no usable token"),
        Arguments.of(
            leaseOf(task(257)).replace("{\"lease", "{\"contributor_key\":\"k\\r\\nx\",\"lease"),
            "no usable contributor_key"),
        Arguments.of(leaseUntil("soon", task(257)), "no usable expires_at"),
        Arguments.of(leaseUntil("2999-01-01T00:00:00Z", task(257)), "ends on 2999-01-01"),
        Arguments.of(leaseUntil("1999-01-01T00:00:00Z", task(257)), "ends on 1999-01-01"),
        Arguments.of(leaseUntil("+1000000000-12-31T00:00:00Z", task(257)), "ends on"),
        Arguments.of(leaseOf(), "no tasks"),
        Arguments.of(leaseOf(task(70_000)), "70000 is no block"),
        Arguments.of(leaseOf(task(-1)), "-1 is no block"),
        Arguments.of(leaseOf(task(0)), "0.0.0.0/16, which are no addresses of single hosts"),
        Arguments.of(leaseOf(task(0xe000)), "224.0.0.0/16, which are no addresses"),
        Arguments.of(leaseOf(task(0xffff)), "255.255.0.0/16, which are no addresses"),
        Arguments.of(leaseOf(task(257), task(257)), "task 257 twice"),
        Arguments.of(leaseOf(task(257), task(258), task(259)), "3 tasks where 2 were asked for"),
        Arguments.of(
            leaseOf(task(257).replace("[]", "[],\"network\":\"1.2.0.0/16\"")),
            "task 257 is not 1.2.0.0/16"),
        Arguments.of(leaseOf("{\"task_index\":257}"), "does not say what to leave out"),
        Arguments.of(
            leaseOf("{\"task_index\":257,\"exclude\":\"1.1.0.0/16\"}"),
            "does not say what to leave out"),
        Arguments.of(
            leaseOf("{\"task_index\":257,\"exclude\":[\"what\"]}"),
            "what is not an address block"));
  }

  @ParameterizedTest
  @MethodSource("answersThatAreNoLease")
  void givenAnAnswerThatIsNoLease_whenRead_thenItSaysWhyAndTheCallMayBeRepeated(
      String body, String why) {
    site.nextLeases.add(new Answer(201, body));

    SiteException refused = failure(lease());

    assertThat(refused.isTemporary()).isTrue();
    assertThat(refused.getMessage()).startsWith("the site cannot be used: ").contains(why);
  }

  @Test
  void givenAnAnswerWithoutEnd_whenRead_thenTheRestDoesNotCome() throws Exception {
    try (ServerSocket endless = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Long> written = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> written.complete(writeUntilReset(endless, 64 << 20)));
      SiteClient reader = client(URI.create("http://127.0.0.1:" + endless.getLocalPort()));

      assertThat(failure(reader.release("lease-1")).getMessage()).contains("longer than 1048576");
      assertThat(written.get(30, TimeUnit.SECONDS)).isLessThan(64 << 20);
    }
  }

  /** Answers with a body of so many bytes; how many the client let it write. */
  private static long writeUntilReset(ServerSocket server, int bytes) {
    long written = 0;
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n").getBytes(US_ASCII));
      byte[] piece = new byte[65_536];
      while (written < bytes) {
        out.write(piece);
        written += piece.length;
      }
    } catch (IOException e) {
      // Reset, as it should be.
    }
    return written;
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "7, 7", "600, 600", "999999999, 600"})
  void givenARetryAfter_whenRead_thenItIsBoundedByASecondAndTenMinutes(String header, int seconds) {
    site.nextLeases.add(Answer.problem(503, "UNAVAILABLE", "no", "Retry-After", header));

    assertThat(failure(lease()).retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void givenAHeartbeatThatTellsTasks_whenRead_thenWhatToLeaveOutIsKnown() {
    site.nextHeartbeats.add(
        new Answer(
            200,
            leaseOf(
                "{\"task_index\":257,\"network\":\"1.1.0.0/16\",\"exclude\":[\"1.1.3.0/24\"]}")));

    assertThat(await(client.heartbeat("lease-1", Map.of())).exclude())
        .containsExactly(Map.entry(257, List.of("1.1.3.0/24")));
  }

  @Test
  void givenAHeartbeatThatTellsNoTasks_whenRead_thenNothingIsKnownOfThem() {
    assertThat(await(client.heartbeat("lease-1", Map.of())).exclude()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"404, true", "409, true", "503, true", "302, false", "502, false"})
  void givenAnAnswer_whenItIsTheSitesOwn_thenTheSiteWasReached(int status, boolean reached) {
    CompletableFuture<Boolean> contact = new CompletableFuture<>();
    client.onContact(contact::complete);
    site.nextHeartbeats.add(
        status == 302 || status == 502
            ? new Answer(status, "<html>")
            : Answer.problem(status, "CODE", "x"));

    client.heartbeat("lease-1", Map.of()).onComplete(_ -> {});

    assertThat(contact.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(reached);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"success\":true}", "{\"expires_at\":\"soon\"}", "[]", "<html>"})
  void givenASuccess_whenItIsNotTheSitesOwn_thenTheSiteWasNotReached(String body) {
    CompletableFuture<Boolean> contact = new CompletableFuture<>();
    client.onContact(contact::complete);
    site.nextHeartbeats.add(new Answer(200, body));

    assertThat(failure(client.heartbeat("lease-1", Map.of())).isTemporary()).isTrue();

    assertThat(contact.orTimeout(10, TimeUnit.SECONDS).join()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"task_index\":4,\"answered\":1}",
        "{\"task_index\":\"3\",\"answered\":1}",
        "{\"task_index\":3}"
      })
  void givenAResult_whenTheAnswerIsNotTheSitesOwn_thenItIsNotTaken(String body) {
    site.nextResults.add(new Answer(200, body));

    assertThat(failure(client.submit(3, "token", new byte[65_536])).isTemporary()).isTrue();
  }

  @Test
  void givenAChange_whenTheAnswerIsNotTheSitesOwn_thenItIsNotMade() {
    site.nextChanges.add(new Answer(200, "{}"));

    assertThat(failure(client.list("ada", "key")).isTemporary()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 405, 413})
  void givenAnAnswerThatIsNoneOfTheSites_whenRead_thenTheCallMayBeRepeated(int status) {
    site.nextLeases.add(new Answer(status, "<html>Log in first</html>"));

    assertThat(failure(lease()).isTemporary()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>nginx</html>", "{\"code\":7}"})
  void givenAnErrorOfAProxy_whenRead_thenItSaysTheStatus(String body) {
    site.nextLeases.add(new Answer(502, body));

    SiteException refused = failure(lease());

    assertThat(refused.isTemporary()).isTrue();
    assertThat(refused.getMessage()).contains("502");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":409,\"message\":\"Conflict\"}",
        "{\"code\":\"409\"}",
        "{\"code\":\"Not found\"}",
        "{\"code\":[\"LEASE_LOST\"]}"
      })
  void givenACodeThatIsNoneOfASite_whenRead_thenTheCallMayBeRepeated(String body) {
    site.nextLeases.add(new Answer(409, body));

    SiteException refused = failure(lease());

    assertThat(refused.code()).isEmpty();
    assertThat(refused.isTemporary()).isTrue();
  }

  @Test
  void givenControlCharactersInADetail_whenShown_thenTheyAreGone() {
    site.nextLeases.add(Answer.problem(503, "X", "a\\u001b[2J\\u009b2J\\u202eb"));

    assertThat(failure(lease()).getMessage()).isEqualTo("a [2J 2J b");
  }

  @Test
  void givenASiteThatIsDown_whenCalled_thenTheCallMayBeRepeated() {
    site.down();

    SiteException refused = failure(lease());

    assertThat(refused.status()).isEqualTo(SiteException.NO_ANSWER);
    assertThat(refused.isTemporary()).isTrue();
  }

  @Test
  void givenASiteThatDoesNotAnswer_whenCalled_thenTheCallEndsAndMayBeRepeated() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      SiteClient patient =
          new SiteClient(
              vertx, URI.create("http://127.0.0.1:" + silent.getLocalPort()), null, "test", 200);

      assertThat(failure(patient.release("lease-1")).isTemporary()).isTrue();
    }
  }
}
