package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
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
class FillingTest {

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
  void newLedgerHasTheBlocksOfACensus() {
    fixture.open(census(0, 65_536));

    assertThat(await(fixture.ledger().progress()).total()).isEqualTo(56_492);
    assertThat(LedgerFixture.indices(fixture.lease(1, Order.LOWEST))).containsExactly(256);
    assertThat(await(fixture.ledger().latest()).index()).isEqualTo(223 * 256 + 255);
  }

  @Test
  void newLedgerMayHaveEveryBlock() {
    fixture.open(65_536);

    assertThat(await(fixture.ledger().progress()))
        .isEqualTo(new GetProgressReply(65_536, 65_536, 0, 0, 0, 0, 0, 0, 0, 1, 0));
  }

  @Test
  void newLedgerMayHaveFewBlocksFromAnyOne() {
    fixture.open(census(9 * 256 + 255, 2));

    // 10/8 is in between and is not for a census.
    assertThat(LedgerFixture.indices(fixture.lease(3, Order.LOWEST)))
        .containsExactly(9 * 256 + 255, 11 * 256);
  }

  @Test
  void ledgerIsFilledOnce() {
    fixture.open(3);
    fixture.handIn(0, LedgerFixture.text(1));
    fixture.closeNewest();

    fixture.open(LedgerFixture.settings(9));

    assertThat(await(fixture.ledger().progress()).total()).isEqualTo(3);
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.DONE);
  }

  @Test
  void emptyLedgerStaysEmpty() {
    fixture.open(0);
    fixture.closeNewest();

    fixture.open(LedgerFixture.settings(9));

    assertThat(await(fixture.ledger().progress()).total()).isZero();
  }

  @Test
  void twoReplicasThatStartTogetherFillItOnce() {
    fixture.open(LedgerFixture.settings(0));
    Database database = fixture.database();
    await(database.write(session -> session.update("DELETE FROM filling")));

    Future<Ledger> one = Ledger.open(fixture.vertx(), database, LedgerFixture.settings(2_000));
    fixture.open(LedgerFixture.settings(2_000));
    await(one.compose(Ledger::close));

    assertThat(await(fixture.ledger().progress()).total()).isEqualTo(2_000);
  }

  private static LedgerSettings census(int firstTask, int initialTasks) {
    return new LedgerSettings(
        LedgerFixture.LEASE_TIME,
        LedgerFixture.NEVER,
        false,
        firstTask,
        initialTasks,
        131_072,
        10_000,
        500,
        LedgerFixture.UNCHECKED);
  }
}
