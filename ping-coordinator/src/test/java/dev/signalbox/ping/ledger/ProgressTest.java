package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
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
class ProgressTest {

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
  void emptyLedgerHasNoTasks() {
    fixture.open(0);

    assertThat(progress()).isEqualTo(new GetProgressReply(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void everyStatusIsCounted() {
    fixture.open(10);
    fixture.lease(3, Order.LOWEST);
    fixture.handIn(0, LedgerFixture.text(100));
    fixture.handIn(5, LedgerFixture.text(11));
    fixture.handIn(1, "short");
    fixture.add(TaskStatus.IN_PROGRESS);

    assertThat(progress()).isEqualTo(new GetProgressReply(11, 6, 2, 2, 1, 111, 2, 2, 60_000, 1, 0));
  }

  @Test
  void countsGoBackWithATaskSentBack() {
    fixture.open(2);
    fixture.handIn(0, LedgerFixture.text(100));
    fixture.revise(0, TaskStatus.AVAILABLE, false);

    assertThat(progress()).isEqualTo(new GetProgressReply(2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void endedLeasesCountAsAvailable() {
    fixture.open(2);
    fixture.lease(2, Order.LOWEST);
    fixture.endLeases();

    assertThat(progress()).isEqualTo(new GetProgressReply(2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void ratesForgetWhatIsLongAgo() {
    fixture.open(3);
    for (int i = 0; i < 3; i++) {
      fixture.handIn(i, LedgerFixture.text(0));
    }
    ago(0, 2 * 3_600_000L);
    ago(1, 120_000L);

    GetProgressReply progress = progress();
    assertThat(progress.paceMs()).isBetween(120_000L, 1_000_000L);
    assertThat(progress)
        .isEqualTo(new GetProgressReply(3, 0, 0, 3, 0, 0, 1, 2, progress.paceMs(), 1, 0));
  }

  @Test
  void whatTwoReplicasDoAddsUpAcrossRestarts() {
    Ledger one = fixture.open(LedgerFixture.settings(6));
    fixture.handIn(0, LedgerFixture.text(1));
    fixture.open(LedgerFixture.settings(6));
    fixture.handIn(1, LedgerFixture.text(2));
    fixture.revise(0, TaskStatus.ERROR, false);
    GetProgressReply expected = new GetProgressReply(6, 4, 0, 1, 1, 2, 1, 1, 60_000, 1, 0);

    assertThat(List.of(await(one.progress()), progress())).containsOnly(expected);

    fixture.closeNewest();
    fixture.closeNewest();
    fixture.open(LedgerFixture.settings(6));
    assertThat(progress()).isEqualTo(expected);
  }

  private void ago(int index, long milliseconds) {
    await(
        fixture
            .database()
            .write(session ->
                session.update(
                    "UPDATE task SET updated_at = updated_at - ? WHERE task_index = ?",
                    milliseconds,
                    index)));
  }

  private GetProgressReply progress() {
    return await(fixture.ledger().progress());
  }
}
