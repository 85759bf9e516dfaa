package dev.signalbox.worker.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.worker.FakeSite;
import dev.signalbox.worker.FakeSite.Answer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteClientTest {

  private final Vertx vertx = Vertx.vertx();
  private final FakeSite site = new FakeSite(1, 10);
  private final SiteClient client = client(site.uri());

  private SiteClient client(URI uri) {
    return new SiteClient(vertx, uri, "bearer", "test", 2_000);
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

    assertThat(lease.tasks()).extracting(Lease.LeasedTask::index).containsExactly(1, 2);
    assertThat(lease.tasks().getFirst().exclude()).containsExactly("0.1.2.0/24");
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"lease_id\":\"a\"",
        "null",
        "{\"lease_id\":\"../x\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[]}",
        "{\"lease_id\":\"a\",\"token\":\"t\\r\\nx\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"soon\",\"tasks\":[]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[{\"task_index\":70000,\"exclude\":[]}]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[{\"task_index\":1,\"exclude\":[\"what\"]}]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[{\"task_index\":1}]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[{\"task_index\":1,\"exclude\":\"0.1.0.0/16\"}]}",
        "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[]}"
      })
  void givenAnAnswerThatIsNoLease_whenRead_thenTheCallMayBeRepeated(String body) {
    site.nextLeases.add(new Answer(201, body));

    assertThat(failure(lease()).isTemporary()).isTrue();
  }

  @Test
  void givenMoreTasksThanASiteLeases_whenRead_thenTheCallMayBeRepeated() {
    String tasks =
        IntStream.range(0, 65)
            .mapToObj("{\"task_index\":%d,\"exclude\":[]}"::formatted)
            .collect(Collectors.joining(","));
    site.nextLeases.add(
        new Answer(
            201,
            "{\"lease_id\":\"a\",\"token\":\"t\",\"expires_at\":\"2026-01-01T00:00:00Z\",\"tasks\":[%s]}"
                .formatted(tasks)));

    assertThat(failure(lease()).isTemporary()).isTrue();
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
