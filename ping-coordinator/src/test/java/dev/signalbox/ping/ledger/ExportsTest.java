package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.CompareRoundsReply;
import dev.signalbox.contracts.ping.CompareRoundsRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.ReadBlocksRequest;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.SummariseRoundReply;
import dev.signalbox.contracts.ping.SummariseRoundReply.Summary;
import dev.signalbox.contracts.ping.SummariseRoundRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a round found, as a whole. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class ExportsTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory).open(4);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  /** Hands in a result for the lowest task; its first addresses answer, with times or without. */
  private void submit(int from, int to, boolean times) {
    Leased leased = fixture.lease(1, Order.LOWEST);
    byte[] rtt = new byte[CensusResult.ADDRESSES];
    Arrays.fill(rtt, from, to, (byte) 9);
    byte[] data = times ? rtt : CensusResult.ofRtt(rtt).bitmap();
    assertThat(
            fixture.submit(
                LedgerFixture.indices(leased).getFirst(),
                leased.token(),
                times ? Format.RTT : Format.BITMAP,
                data))
        .isInstanceOf(Accepted.class);
  }

  private Summary summary(@Nullable Integer round) {
    return (Summary) await(fixture.ledger().summary(new SummariseRoundRequest(round)));
  }

  private static int answered(Summary summary, int block) {
    byte[] bytes = summary.answered().bytes();
    return ByteBuffer.wrap(bytes).getInt(block * 4);
  }

  private ReadBlocksReply blocks(int round, int first, int count, boolean rtt) {
    return await(fixture.ledger().blocks(new ReadBlocksRequest(round, first, count, rtt)));
  }

  @Test
  void givenResults_whenSummarised_thenBlocksWithoutOneAreToldFromEmptyOnes() {
    submit(0, 7, true);
    submit(0, 0, false);

    Summary summary = summary(null);

    assertThat(summary.round()).isEqualTo(1);
    assertThat(answered(summary, 0)).isEqualTo(7);
    assertThat(answered(summary, 1)).isZero();
    assertThat(answered(summary, 2)).isEqualTo(SummariseRoundReply.NONE);
    assertThat(answered(summary, 65_535)).isEqualTo(SummariseRoundReply.NONE);
  }

  @Test
  void givenARound_whenAnythingItShowsChanges_thenItsVersionDoes() {
    String empty = summary(null).version();
    assertThat(summary(null).version()).isEqualTo(empty);
    submit(0, 7, true);
    String one = summary(null).version();
    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.0.0.0/32", "noc", null)));
    String optedOut = summary(null).version();
    fixture.revise(0, TaskStatus.AVAILABLE, false);
    String none = summary(null).version();

    assertThat(new String[] {empty, one, optedOut, none}).doesNotHaveDuplicates();
  }

  @Test
  void givenNoSuchRound_whenSummarised_thenItIsUnknown() {
    assertThat(await(fixture.ledger().summary(new SummariseRoundRequest(2))))
        .isInstanceOf(SummariseRoundReply.Unknown.class);
  }

  @Test
  void givenResultsWithAndWithoutTimes_whenRead_thenEachBlockIsAtItsPlace() {
    submit(8, 16, true);
    submit(0, 8, false);

    ReadBlocksReply reply = blocks(1, 0, 3, true);

    byte[] bitmaps = reply.bitmaps().bytes();
    assertThat(bitmaps).hasSize(3 * 8_192);
    assertThat(bitmaps[1]).isEqualTo((byte) 0xff);
    assertThat(bitmaps[8_192]).isEqualTo((byte) 0xff);
    byte[] rtt = reply.rtt().bytes();
    assertThat(rtt).hasSize(3 * 65_536);
    assertThat(rtt[8]).isEqualTo((byte) 9);
    assertThat(rtt[65_536]).isZero();
    assertThat(blocks(1, 0, 3, false).rtt()).isNull();
    assertThat(blocks(1, 65_530, 128, false).bitmaps().length()).isEqualTo(128 * 8_192);
  }

  @Test
  void givenAnOptOut_whenExported_thenItsAddressesAreNotThere() {
    submit(0, 512, true);

    await(fixture.ledger().addOptOut(new AddOptOutRequest("0.0.0.0/24", "noc", null)));

    assertThat(answered(summary(null), 0)).isEqualTo(256);
    ReadBlocksReply reply = blocks(1, 0, 1, true);
    assertThat(reply.bitmaps().bytes()[31]).isZero();
    assertThat(reply.bitmaps().bytes()[32]).isEqualTo((byte) 0xff);
    assertThat(reply.rtt().bytes()[255]).isZero();
    assertThat(reply.rtt().bytes()[256]).isEqualTo((byte) 9);
  }

  @Test
  void givenATaskSentBack_whenExported_thenItsOldResultIsNotThereUntilTheRoundHasEnded() {
    submit(0, 8, true);
    fixture.revise(0, TaskStatus.AVAILABLE, false);

    assertThat(answered(summary(null), 0)).isEqualTo(SummariseRoundReply.NONE);
    assertThat(blocks(1, 0, 1, false).bitmaps().bytes()[0]).isZero();
  }

  @Test
  void givenTwoRounds_whenCompared_thenOnlyBlocksOfBothAreTold() {
    submit(0, 100, true);
    submit(0, 10, true);
    await(fixture.ledger().startRound(new StartRoundRequest(1)));
    submit(60, 120, false);

    assertThat(await(fixture.ledger().compare(new CompareRoundsRequest(1, 2, 0, 4_096))).blocks())
        .containsExactly(new CompareRoundsReply.Block(0, 20, 60, 40));
    assertThat(await(fixture.ledger().compare(new CompareRoundsRequest(2, 1, 0, 4_096))).blocks())
        .containsExactly(new CompareRoundsReply.Block(0, 60, 20, 40));
    assertThat(await(fixture.ledger().compare(new CompareRoundsRequest(1, 2, 1, 10))).blocks())
        .isEmpty();
    assertThat(answered(summary(1), 1)).isEqualTo(10);
    assertThat(answered(summary(2), 1)).isEqualTo(SummariseRoundReply.NONE);
  }
}
