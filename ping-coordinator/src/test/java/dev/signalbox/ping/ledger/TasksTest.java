package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.LatestTaskReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply.Revised;
import dev.signalbox.contracts.ping.ReviseTaskReply.UnknownTask;
import dev.signalbox.contracts.ping.ReviseTaskReply.Working;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class TasksTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

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

  @Test
  void firstTaskAddedToAnEmptyLedgerIsZero() {
    fixture.open(0);

    TaskRow added = fixture.add(TaskStatus.AVAILABLE);

    assertThat(added.index()).isZero();
    assertThat(added.status()).isEqualTo(TaskStatus.AVAILABLE);
    assertThat(fixture.add(TaskStatus.AVAILABLE).index()).isEqualTo(1);
  }

  @Test
  void addedTasksSkipSpecialPurposeBlocks() {
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            LedgerFixture.NEVER,
            false,
            0,
            0,
            131_072,
            100,
            500,
            LedgerFixture.UNCHECKED));

    assertThat(fixture.add(TaskStatus.AVAILABLE).index()).isEqualTo(256);
  }

  @Test
  void taskAddedInProgressHasNoEnd() {
    fixture.open(1);

    TaskRow added = fixture.add(TaskStatus.IN_PROGRESS);

    assertThat(added.index()).isEqualTo(1);
    assertThat(added.status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(added.expiresAtEpochMs()).isNull();
    assertThat(fixture.task(1)).isEqualTo(added);
    assertThat(fixture.revise(1, TaskStatus.AVAILABLE, false)).isInstanceOf(Working.class);
  }

  @Test
  void ledgerTakesNoMoreTasksThanItMay() {
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            LedgerFixture.NEVER,
            true,
            0,
            3,
            4,
            9,
            500,
            LedgerFixture.UNCHECKED));
    fixture.add(TaskStatus.AVAILABLE);

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> fixture.add(TaskStatus.AVAILABLE))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.LIMIT_REACHED);
  }

  @Test
  void twoReplicasNeverAddOneIndexTwice() {
    Ledger one = fixture.open(LedgerFixture.settings(0));
    Ledger two = fixture.open(LedgerFixture.settings(0));

    List<Future<TaskRow>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add((i % 2 == 0 ? one : two).add(new AddTaskRequest(TaskStatus.AVAILABLE)));
    }

    assertThat(calls.stream().map(call -> await(call).index()).sorted().toList())
        .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void latestIsTheHighestAvailableAndStaysUnclaimed() {
    fixture.open(4);
    fixture.revise(3, TaskStatus.DONE, false);

    assertThat(await(fixture.ledger().latest())).isEqualTo(new LatestTaskReply(2));
    assertThat(fixture.task(2).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  @Test
  void latestIsNoneWhenNothingIsAvailable() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);

    assertThat(await(fixture.ledger().latest())).isEqualTo(new LatestTaskReply(null));
  }

  @Test
  void unknownTaskIsNotFound() {
    fixture.open(1);

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> fixture.task(1))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void pagesFollowEachOther() {
    fixture.open(5);

    ListTasksReply first = list(null, -1, 2);
    ListTasksReply last = list(null, 3, 2);

    assertThat(first.tasks()).extracting(TaskRow::index).containsExactly(0, 1);
    assertThat(first.more()).isTrue();
    assertThat(last.tasks()).extracting(TaskRow::index).containsExactly(4);
    assertThat(last.more()).isFalse();
    assertThat(list(null, 4, 2)).isEqualTo(new ListTasksReply(List.of(), false));
  }

  @Test
  void pagesOfOneStatusHaveNoOther() {
    fixture.open(6);
    fixture.lease(3, Order.LOWEST);
    fixture.handIn(1, LedgerFixture.text(1));

    assertThat(list(TaskStatus.IN_PROGRESS, -1, 10).tasks())
        .extracting(TaskRow::index)
        .containsExactly(0, 2);
    assertThat(list(TaskStatus.IN_PROGRESS, 0, 1))
        .satisfies(page -> {
          assertThat(page.tasks()).extracting(TaskRow::index).containsExactly(2);
          assertThat(page.more()).isFalse();
        });
  }

  @Test
  void revisionSetsAnyStatus() {
    fixture.open(1);

    for (TaskStatus status :
        List.of(TaskStatus.DONE, TaskStatus.ERROR, TaskStatus.AVAILABLE, TaskStatus.IN_PROGRESS)) {
      assertThat(fixture.revise(0, status, false))
          .isInstanceOfSatisfying(
              Revised.class, revised -> assertThat(revised.task().status()).isEqualTo(status));
      assertThat(fixture.task(0).status()).isEqualTo(status);
    }
  }

  @Test
  void workingTaskIsNotRevised() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);

    assertThat(fixture.revise(0, TaskStatus.DONE, false)).isInstanceOf(Working.class);
    assertThat(fixture.task(0).expiresAtEpochMs()).isEqualTo(leased.expiresAtEpochMs());
  }

  @Test
  void forcedRevisionTakesTheLease() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);

    assertThat(fixture.revise(0, TaskStatus.AVAILABLE, true)).isInstanceOf(Revised.class);
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
  }

  @Test
  void taskOfAnEndedLeaseMayBeRevised() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.endLeases();

    assertThat(fixture.revise(0, TaskStatus.DONE, false)).isInstanceOf(Revised.class);
    assertThat(fixture.errors()).extracting(TaskFault::error).containsExactly("Task timed out");
  }

  @Test
  void revisionOfAnUnknownTaskChangesNothing() {
    fixture.open(1);

    assertThat(fixture.revise(1, TaskStatus.DONE, true)).isInstanceOf(UnknownTask.class);
    assertThat(fixture.revise(-1, TaskStatus.DONE, true)).isInstanceOf(UnknownTask.class);
  }

  @Test
  void doneTwiceKeepsWhoDidIt() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.handIn(0, LedgerFixture.text(3));
    TaskRow done = fixture.task(0);

    assertThat(fixture.revise(0, TaskStatus.DONE, false)).isEqualTo(new Revised(done));
  }

  @Test
  void resultComesBackWithTheStatus() {
    fixture.open(1);
    fixture.handIn(0, LedgerFixture.text(3));

    fixture.revise(0, TaskStatus.AVAILABLE, false);
    assertThat(fixture.task(0).answered()).isNull();
    fixture.revise(0, TaskStatus.DONE, false);
    assertThat(fixture.task(0).answered()).isEqualTo(3);
  }

  @Test
  void givenTasksOfEveryStatus_whenThoseInProgressAreListed_thenTheOthersAreNot() {
    fixture.open(20);
    fixture.lease(3, Order.LOWEST);
    fixture.handIn(1, LedgerFixture.text(3));
    fixture.revise(17, TaskStatus.IN_PROGRESS, false);

    assertThat(await(fixture.ledger().inProgress()).indices().stream()).containsExactly(0, 2, 17);
  }

  @Test
  void givenNoTaskInProgress_whenTheyAreListed_thenThereIsNone() {
    fixture.open(20);

    assertThat(await(fixture.ledger().inProgress()).bits().length()).isZero();
  }

  private ListTasksReply list(@Nullable TaskStatus status, int after, int limit) {
    return await(fixture.ledger().tasks(new ListTasksRequest(status, after, limit)));
  }
}
