package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ping.CensusChanged;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes whose transactions commit after newer ones. SQLite has none, which writes one transaction
 * at a time.
 */
@ExtendWith(VertxExtension.class)
class LateCommitsTest {

  @TempDir Path directory;

  private LedgerFixture fixture;
  private Ledger watched;
  private final List<CensusChanged> told = new CopyOnWriteArrayList<>();

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, Engine.POSTGRESQL, directory);
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

  private void awaitTold(int index) {
    await().untilAsserted(() -> assertThat(last(index)).isNotNull());
  }

  /** Changes a task as a transaction of another replica that commits when it is told to. */
  private Future<?> changeLate(int index, TaskStatus status, CountDownLatch commit) {
    CountDownLatch changed = new CountDownLatch(1);
    watched = fixture.ledger();
    fixture.open(LedgerFixture.settings(3));
    Future<?> late =
        fixture
            .database()
            .write(session -> {
              session.update(
                  "UPDATE task SET status = ?, updated_at = ? WHERE task_index = ?",
                  status.code(),
                  System.currentTimeMillis(),
                  index);
              changed.countDown();
              LedgerFixture.awaitLatch(commit);
              return index;
            });
    LedgerFixture.awaitLatch(changed);
    return late;
  }

  private void reviseWatched(int index, TaskStatus status) {
    await(watched.revise(new ReviseTaskRequest(index, status, false)));
  }

  @Test
  void givenATransactionThatCommitsAfterANewerOne_whenTold_thenItsChangeIsToldToo() {
    open(4);
    fixture.revise(3, TaskStatus.ERROR, false);
    awaitTold(3);
    CountDownLatch commit = new CountDownLatch(1);
    Future<?> late = changeLate(0, TaskStatus.ERROR, commit);
    reviseWatched(1, TaskStatus.ERROR);
    awaitTold(1);
    assertThat(last(0)).isNull();

    commit.countDown();
    await(late);
    reviseWatched(2, TaskStatus.ERROR);

    awaitTold(2);
    assertThat(last(0)).isNotNull();
    assertThat(told.stream().flatMap(changed -> changed.tasks().stream()))
        .extracting(CensusChanged.Task::index)
        .doesNotHaveDuplicates();
  }

  @Test
  void givenMoreChangesThanAreTold_whenOneOfThemCommitsLate_thenReadersAreToLookAgain() {
    open(2_000);
    fixture.revise(1, TaskStatus.ERROR, false);
    awaitTold(1);
    CountDownLatch commit = new CountDownLatch(1);
    Future<?> late = changeLate(0, TaskStatus.ERROR, commit);
    long now = System.currentTimeMillis();
    await(
        fixture
            .otherDatabase()
            .write(session ->
                session.update(
                    "UPDATE task SET status = 3, updated_at = ? WHERE task_index > 1", now)));
    reviseWatched(1, TaskStatus.AVAILABLE);
    await().until(() -> told.stream().anyMatch(CensusChanged::more));
    told.clear();

    commit.countDown();
    await(late);

    await().until(() -> told.stream().anyMatch(CensusChanged::more));
  }
}
