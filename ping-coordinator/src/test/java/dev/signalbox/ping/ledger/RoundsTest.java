package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.LookUpReply.Finding;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultReply.Missing;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.StartRoundReply;
import dev.signalbox.contracts.ping.StartRoundReply.NotCurrent;
import dev.signalbox.contracts.ping.StartRoundReply.Started;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The census runs again; what was found stays. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class RoundsTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory).open(3);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private StartRoundReply start(int current) {
    return await(fixture.ledger().startRound(new StartRoundRequest(current)));
  }

  private ReadResultReply read(int index, @Nullable Integer round) {
    return await(fixture.ledger().readResult(new ReadResultRequest(index, round)));
  }

  private LookUpReply lookUp(String network) {
    AddressRange range = AddressRange.parse(network).orElseThrow();
    return await(fixture.ledger().lookUp(new LookUpRequest(range.first(), range.length())));
  }

  private static byte[] rtt(Map<Integer, Integer> codes) {
    byte[] rtt = new byte[CensusResult.ADDRESSES];
    codes.forEach((place, code) -> rtt[place] = code.byteValue());
    return rtt;
  }

  private void submit(int index, byte[] rtt) {
    Leased leased = fixture.lease(1, Order.LOWEST);
    assertThat(LedgerFixture.indices(leased)).containsExactly(index);
    assertThat(fixture.submit(index, leased.token(), Format.RTT, rtt)).isInstanceOf(Accepted.class);
  }

  @Test
  void givenARound_whenTheNextStarts_thenEveryTaskIsAvailableAndWhatWasFoundStays() {
    submit(0, rtt(Map.of(1, 10)));
    fixture.revise(1, TaskStatus.ERROR, false);

    StartRoundReply reply = start(1);

    assertThat(reply)
        .isInstanceOfSatisfying(
            Started.class,
            started -> {
              assertThat(started.round().number()).isEqualTo(2);
              assertThat(started.round().done()).isZero();
            });
    assertThat(await(fixture.ledger().progress()).available()).isEqualTo(3);
    assertThat(await(fixture.ledger().progress()).round()).isEqualTo(2);
    assertThat(read(0, null)).isInstanceOf(Missing.class);
    assertThat(read(0, 1))
        .isInstanceOfSatisfying(
            Stored.class,
            stored -> assertThat(stored.rtt()).isEqualTo(new Binary(rtt(Map.of(1, 10)))));
    List<Round> rounds = await(fixture.ledger().rounds()).rounds();
    assertThat(rounds).extracting(Round::number).containsExactly(1, 2);
    assertThat(rounds.getFirst().done()).isEqualTo(1);
    assertThat(rounds.getFirst().tasks()).isEqualTo(3);
    assertThat(rounds.getFirst().answered()).isEqualTo(1);
    assertThat(rounds.getFirst().endedAtEpochMs()).isNotNull();
  }

  @Test
  void givenALease_whenTheNextRoundStarts_thenItIsLost() {
    Leased leased = fixture.lease(1, Order.LOWEST);

    start(1);

    assertThat(await(fixture.ledger().renew(new RenewLeaseRequest(leased.leaseId(), Map.of()))))
        .isInstanceOf(RenewLeaseReply.Lost.class);
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
    assertThat(fixture.submitText(0, LedgerFixture.text(1))).isInstanceOf(NoLease.class);
  }

  @Test
  void givenARoundThatHasEnded_whenItIsToEndAgain_thenNothingHappens() {
    start(1);

    assertThat(start(1)).isEqualTo(new NotCurrent(2));
    assertThat(start(7)).isEqualTo(new NotCurrent(2));
    assertThat(await(fixture.ledger().rounds()).rounds()).hasSize(2);
  }

  @Test
  void givenTwoRounds_whenAnAddressIsLookedUp_thenBothAreTold() {
    submit(0, rtt(Map.of(1, 10, 2, 20)));
    start(1);
    submit(0, rtt(Map.of(2, 30)));

    assertThat(lookUp("0.0.0.1").rounds())
        .extracting(Finding::round, Finding::answered, Finding::rtt)
        .containsExactly(tuple(2, 0L, 0), tuple(1, 1L, 10));
    assertThat(lookUp("0.0.0.0/24").rounds())
        .extracting(Finding::round, Finding::pinged, Finding::answered, Finding::rtt)
        .containsExactly(tuple(2, 256L, 1L, 30), tuple(1, 256L, 2L, 10));
  }

  @Test
  void givenSeveralBlocks_whenTheirNetworkIsLookedUp_thenTheyAreAddedUp() {
    submit(0, rtt(Map.of(1, 10)));
    submit(1, rtt(Map.of(5, 10, 6, 10)));

    LookUpReply reply = lookUp("0.0.0.0/14");

    assertThat(reply.tasks()).isEqualTo(3);
    assertThat(reply.done()).isEqualTo(2);
    assertThat(reply.rounds())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.pinged()).isEqualTo(131_072);
          assertThat(finding.answered()).isEqualTo(3);
          assertThat(finding.contributors()).isEqualTo(1);
        });
    assertThat(lookUp("9.0.0.0/8").rounds()).isEmpty();
  }
}
