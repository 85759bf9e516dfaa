package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static dev.signalbox.ping.ledger.LedgerFixture.indices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class RepeatableLeasesTest {

  private static final String KEY = "6f1c1b3e-52a7-4d0c-9a53-0d6b6c1f2a77";

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory).open(20);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static LeaseTasksRequest request(@Nullable String key) {
    return new LeaseTasksRequest(
        "worker", null, null, 2, Order.LOWEST, key, null, null, LedgerFixture.CLIENT);
  }

  private LeaseTasksReply ask(LeaseTasksRequest request) {
    return await(fixture.ledger().lease(request));
  }

  private Leased lease(String key) {
    return (Leased) ask(request(key));
  }

  private static Leased replayOf(Leased first) {
    return new Leased(
        first.leaseId(),
        first.token(),
        first.expiresAtEpochMs(),
        first.tasks(),
        first.maxRatePps(),
        true,
        first.contributorKey());
  }

  @Test
  void givenANewKey_whenLeased_thenTheReplyIsNoReplay() {
    assertThat(lease(KEY).replayed()).isFalse();
  }

  @Test
  void givenAUsedKey_whenLeasedAgain_thenTheReplyIsTheFirstOneAndNothingMoreIsLeased() {
    Leased first = lease(KEY);

    assertThat(lease(KEY)).isEqualTo(replayOf(first));
    assertThat(fixture.task(2).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  @Test
  void givenNoKey_whenLeasedTwice_thenTheLeasesDiffer() {
    Leased first = (Leased) ask(request(null));
    Leased second = (Leased) ask(request(null));

    assertThat(second.leaseId()).isNotEqualTo(first.leaseId());
    assertThat(indices(second)).doesNotContainAnyElementsOf(indices(first));
  }

  @Test
  void givenTwoKeys_whenLeased_thenTheLeasesDiffer() {
    Leased first = lease("key-1");
    Leased second = lease("key-2");

    assertThat(second.replayed()).isFalse();
    assertThat(indices(second)).doesNotContainAnyElementsOf(indices(first));
  }

  static Stream<LeaseTasksRequest> otherRequests() {
    return Stream.of(
        new LeaseTasksRequest(
            "other", null, null, 2, Order.LOWEST, KEY, null, null, LedgerFixture.CLIENT),
        new LeaseTasksRequest(
            "worker", "ada", null, 2, Order.LOWEST, KEY, null, null, LedgerFixture.CLIENT),
        new LeaseTasksRequest(
            "worker", null, "ada", 2, Order.LOWEST, KEY, null, null, LedgerFixture.CLIENT),
        new LeaseTasksRequest(
            "worker", null, "team", 2, Order.LOWEST, KEY, null, null, LedgerFixture.CLIENT),
        new LeaseTasksRequest(
            "worker", null, null, 3, Order.LOWEST, KEY, null, null, LedgerFixture.CLIENT),
        new LeaseTasksRequest(
            "worker", null, null, 2, Order.SPREAD, KEY, null, null, LedgerFixture.CLIENT));
  }

  @ParameterizedTest
  @MethodSource("otherRequests")
  void givenAUsedKey_whenAnotherRequestComesUnderIt_thenItIsAMismatch(LeaseTasksRequest other) {
    Leased first = lease(KEY);

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> ask(other))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.IDEMPOTENCY_MISMATCH);
    assertThat(lease(KEY)).isEqualTo(replayOf(first));
  }

  @Test
  void givenTheTokenOfAReplay_whenAResultIsSubmitted_thenItIsAccepted() {
    lease(KEY);

    String token = lease(KEY).token();

    assertThat(fixture.submit(0, token, Format.BITMAP, new byte[8_192]))
        .isInstanceOf(SubmitResultReply.Accepted.class);
  }

  @Test
  void givenAReleasedLease_whenLeasedAgain_thenTheReplyIsStillTheFirstOne() {
    Leased first = lease(KEY);
    await(fixture.ledger().release(new ReleaseLeaseRequest(first.leaseId())));

    assertThat(lease(KEY)).isEqualTo(replayOf(first));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  @Test
  void givenAnExpiredLease_whenLeasedAgain_thenTheReplyIsStillTheFirstOne() {
    Leased first = lease(KEY);
    fixture.endLeases();

    assertThat(lease(KEY)).isEqualTo(replayOf(first));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  @Test
  void givenARestart_whenLeasedAgain_thenTheReplyIsStillTheFirstOne() {
    Leased first = lease(KEY);
    fixture.closeNewest();
    fixture.open(20);

    assertThat(lease(KEY)).isEqualTo(replayOf(first));
  }

  @Test
  void givenNoTask_whenLeased_thenTheKeyIsFreeForALaterTry() {
    for (int i = 0; i < 10; i++) {
      fixture.revise(2 * i, TaskStatus.DONE, false);
      fixture.revise(2 * i + 1, TaskStatus.DONE, false);
    }
    assertThat(ask(request(KEY))).isInstanceOf(NoneAvailable.class);
    fixture.revise(7, TaskStatus.AVAILABLE, false);

    Leased later = lease(KEY);

    assertThat(later.replayed()).isFalse();
    assertThat(indices(later)).containsExactly(7);
  }

  @Test
  void givenADay_whenLeasedAgain_thenTheKeyIsFree() {
    lease(KEY);
    age(86_400_000);

    Leased second = lease(KEY);

    assertThat(second.replayed()).isFalse();
    assertThat(indices(second)).containsExactly(2, 3);
  }

  @Test
  void givenAlmostADay_whenLeasedAgain_thenTheKeyIsKept() {
    Leased first = lease(KEY);
    age(86_400_000 - 60_000);

    assertThat(lease(KEY)).isEqualTo(replayOf(first));
  }

  private void age(long ms) {
    await(
        fixture
            .database()
            .write(session ->
                session.update("UPDATE idempotency SET claimed_at = claimed_at - ?", ms)));
  }

  @Test
  void givenTenEqualRequestsAtOnce_whenLeased_thenThereIsOneLease() {
    List<Future<LeaseTasksReply>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(fixture.ledger().lease(request(KEY)));
    }

    oneLease(calls);
  }

  @Test
  void givenTenEqualRequestsAtTwoReplicas_whenLeased_thenThereIsOneLease() {
    Ledger one = fixture.ledger();
    Ledger two = fixture.open(LedgerFixture.settings(20));
    List<Future<LeaseTasksReply>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add((i % 2 == 0 ? one : two).lease(request(KEY)));
    }

    oneLease(calls);
  }

  private void oneLease(List<Future<LeaseTasksReply>> calls) {
    List<Leased> leases = calls.stream().map(LedgerFixture::await).map(Leased.class::cast).toList();
    assertThat(leases).extracting(Leased::leaseId).containsOnly(leases.getFirst().leaseId());
    assertThat(leases).extracting(Leased::token).containsOnly(leases.getFirst().token());
    assertThat(leases).filteredOn(leased -> !leased.replayed()).hasSize(1);
    assertThat(fixture.task(1).status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(fixture.task(2).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  private record KeptRow(String key, String reply) {}

  @Test
  void givenALease_whenStorageIsRead_thenNeitherKeyNorTokenIsInIt() {
    Leased leased = lease(KEY);

    KeptRow row =
        await(
                fixture
                    .database()
                    .read(session ->
                        session.queryOne(
                            "SELECT key, reply FROM idempotency",
                            found -> new KeptRow(found.getString(1), found.getString(2)))))
            .orElseThrow();

    assertThat(row.key()).isNotEqualTo(KEY).matches("[0-9a-f]{64}");
    assertThat(row.reply())
        .contains(leased.leaseId())
        .doesNotContain(leased.token())
        .doesNotContain(KEY);
  }
}
