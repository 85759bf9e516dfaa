package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.map.MapStorage;
import dev.signalbox.ping.map.MapStorage.Cursor;
import dev.signalbox.ping.map.MapStorage.StoredBlock;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the map is told of the ledger. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class MapBlocksTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;
  private MapStorage map;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory).open(4);
    map = fixture.ledger().mapStorage();
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void submit(byte[] rtt) {
    Leased leased = fixture.lease(1, Order.LOWEST);
    fixture.submit(LedgerFixture.indices(leased).getFirst(), leased.token(), Format.RTT, rtt);
  }

  private static byte[] rtt(int answered) {
    byte[] rtt = new byte[CensusResult.ADDRESSES];
    Arrays.fill(rtt, 0, answered, (byte) 9);
    return rtt;
  }

  private List<StoredBlock> blocks(int from, int end) {
    return await(map.blocks(from, end));
  }

  @Test
  void givenBlocksOfEveryStatus_whenRead_thenOnlyThoseDoneHaveABitmap() {
    submit(rtt(8));
    fixture.lease(1, Order.LOWEST);
    fixture.revise(2, TaskStatus.ERROR, false);

    assertThat(blocks(0, 100)).extracting(StoredBlock::status).containsExactly(2, 1, 3, 0);
    assertThat(blocks(0, 1).getFirst().bitmap()).isEqualTo(CensusResult.ofRtt(rtt(8)).bitmap());
    assertThat(blocks(1, 4)).extracting(StoredBlock::bitmap).containsOnlyNulls();
    assertThat(await(map.blocks(List.of(3, 0, 99))))
        .extracting(StoredBlock::index)
        .containsExactly(3, 0);
  }

  @Test
  void givenAnOptOut_whenRead_thenItsAddressesAreNotShownAndTheVersionIsAnother() {
    submit(rtt(512));
    long before = await(map.edition()).leftOut();

    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.0.0.0/24", "noc", null)));
    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.3.0.0/16", "noc", null)));

    assertThat(await(map.edition()).leftOut()).isGreaterThan(before);
    assertThat(blocks(0, 100)).extracting(StoredBlock::index).containsExactly(0, 1, 2);
    byte[] bitmap = blocks(0, 1).getFirst().bitmap();
    assertThat(bitmap).isNotNull();
    assertThat(bitmap[31]).isZero();
    assertThat(bitmap[32]).isEqualTo((byte) 0xff);
  }

  @Test
  void givenAChange_whenAskedForWhatChangedSince_thenItIsThatAlone() {
    StoredBlock last =
        blocks(0, 4).stream().max(Comparator.comparingLong(StoredBlock::updatedAt)).orElseThrow();
    Cursor cursor = new Cursor(last.updatedAt(), 65_535);
    assertThat(await(map.changedAfter(cursor, 10))).isEmpty();

    fixture.revise(2, TaskStatus.ERROR, false);

    List<StoredBlock> changes = await(map.changedAfter(new Cursor(last.updatedAt(), 3), 10));
    assertThat(changes)
        .filteredOn(change -> change.status() == 3)
        .extracting(StoredBlock::index)
        .containsExactly(2);
    assertThat(await(map.changedAfter(new Cursor(0, -1), 2))).hasSize(2);
  }

  @Test
  void givenANewRound_whenRead_thenNothingOfTheOldOneIsShown() {
    submit(rtt(8));

    assertThat(await(map.edition()).round()).isEqualTo(1);
    await(fixture.ledger().startRound(new StartRoundRequest(1)));

    assertThat(await(map.edition()).round()).isEqualTo(2);
    assertThat(blocks(0, 4)).extracting(StoredBlock::status).containsOnly(0);
    assertThat(blocks(0, 4)).extracting(StoredBlock::bitmap).containsOnlyNulls();
  }

  @Test
  void givenATransactionUnderWay_whenNewerChangesWereSeen_thenItsOwnAreStillExpected()
      throws Exception {
    fixture.revise(1, TaskStatus.ERROR, false);
    CountDownLatch changed = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    fixture.open(LedgerFixture.settings(4));
    Future<Long> late =
        fixture
            .database()
            .write(session -> {
              session.update(
                  "UPDATE task SET updated_at = ? WHERE task_index = 0",
                  System.currentTimeMillis());
              long time = System.currentTimeMillis();
              changed.countDown();
              LedgerFixture.awaitLatch(commit);
              return time;
            });
    LedgerFixture.awaitLatch(changed);
    // Longer than is allowed for anyway.
    long start = System.currentTimeMillis();
    Awaitility.await().until(() -> System.currentTimeMillis() - start > 1_500);

    long expected = await(map.horizon());
    commit.countDown();

    assertThat(expected).isLessThanOrEqualTo(await(late));
    Awaitility.await().until(() -> await(map.horizon()) >= expected);
  }
}
