package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ping.CensusChanged;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever watches the census is told what changes. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class ChangesTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;
  private final List<CensusChanged> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void open(int tasks) {
    fixture.open(tasks);
    fixture.ledger().onChange(told::add);
  }

  private CensusChanged.@Nullable Task last(int index) {
    return told.reversed().stream()
        .flatMap(changed -> changed.tasks().stream())
        .filter(task -> task.index() == index)
        .findFirst()
        .orElse(null);
  }

  private void awaitTold(int index, TaskStatus status, @Nullable Integer answered) {
    await()
        .untilAsserted(() ->
            assertThat(last(index))
                .isNotNull()
                .satisfies(task -> {
                  assertThat(task.status()).isEqualTo(status);
                  assertThat(task.answered()).isEqualTo(answered);
                }));
  }

  @Test
  void givenATask_whenLeasedDoneAndSentBack_thenEachIsToldWithTheProgress() {
    open(3);
    Leased leased = fixture.lease(1, Order.LOWEST);
    awaitTold(0, TaskStatus.IN_PROGRESS, null);

    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    bitmap[0] = 7;
    fixture.submit(0, leased.token(), Format.BITMAP, bitmap);
    awaitTold(0, TaskStatus.DONE, 3);
    assertThat(told.getLast().progress().done()).isEqualTo(1);
    assertThat(told.getLast().more()).isFalse();

    fixture.revise(0, TaskStatus.AVAILABLE, false);
    awaitTold(0, TaskStatus.AVAILABLE, null);
    assertThat(last(2)).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenAContributor_whenTheyLease_thenTheNameIsToldIfTheyWantToBeListed(boolean listed) {
    open(3);
    await(
        fixture
            .ledger()
            .lease(
                new LeaseTasksRequest(
                    "worker",
                    "ada",
                    null,
                    1,
                    Order.LOWEST,
                    null,
                    null,
                    listed,
                    LedgerFixture.CLIENT)));

    awaitTold(0, TaskStatus.IN_PROGRESS, null);
    assertThat(last(0).contributor()).isEqualTo(listed ? "ada" : null);
  }

  @Test
  void givenMoreChangesThanAreToldAtOnce_whenTold_thenItIsSaidAndGoesOnAfterThem() {
    open(2_000);
    fixture.lease(1, Order.LOWEST);
    awaitTold(0, TaskStatus.IN_PROGRESS, null);
    fixture.changeAll(TaskStatus.ERROR);
    fixture.revise(1_998, TaskStatus.DONE, false);

    await().until(() -> told.stream().anyMatch(CensusChanged::more));
    assertThat(told).allSatisfy(changed -> assertThat(changed.tasks()).hasSizeLessThan(513));

    fixture.revise(1_999, TaskStatus.AVAILABLE, false);

    awaitTold(1_999, TaskStatus.AVAILABLE, null);
  }

  @Test
  void givenALeaseThatEnds_whenItIsSwept_thenItsTasksAreTold() {
    open(3);
    fixture.lease(1, Order.LOWEST);
    awaitTold(0, TaskStatus.IN_PROGRESS, null);

    fixture.endLeases();
    fixture.errors(); // a read that finds it ended

    awaitTold(0, TaskStatus.AVAILABLE, null);
  }

  @Test
  void givenAClosedLedger_whenItIsOpenedAgain_thenWhatWasBeforeIsNoNews() {
    open(3);
    fixture.lease(1, Order.LOWEST);
    awaitTold(0, TaskStatus.IN_PROGRESS, null);
    fixture.closeNewest();
    told.clear();

    open(3);
    fixture.revise(2, TaskStatus.ERROR, false);

    awaitTold(2, TaskStatus.ERROR, null);
    assertThat(last(0)).isNull();
  }
}
