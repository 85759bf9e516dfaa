package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.RemoveOptOutRequest;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.UnknownTask;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class OptOutsTest {

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

  private OptOut add(String network) {
    return await(
        fixture.ledger().addOptOut(new AddOptOutRequest(network, "noc@example.net", null)));
  }

  private List<String> networks() {
    return await(fixture.ledger().optOuts(new ListOptOutsRequest(0, 1_000))).optOuts().stream()
        .map(OptOut::network)
        .toList();
  }

  private int tasks() {
    return await(fixture.ledger().progress()).total();
  }

  @Test
  void givenAnOptOut_whenTheNextLeaseIsTaken_thenItSaysSoAlsoAtAnotherReplica() {
    Ledger other = fixture.ledger();
    fixture.open(LedgerFixture.settings(4));
    fixture.lease(1, Order.LOWEST);

    OptOut optOut =
        await(other.addOptOut(new AddOptOutRequest("0.1.2.0/23", "noc@example.net", "asked")));

    assertThat(fixture.lease(3, Order.SPREAD).tasks())
        .filteredOn(task -> task.taskIndex() == 1)
        .extracting(LeasedTask::exclude)
        .containsExactly(List.of("0.1.2.0/23"));
    assertThat(optOut.requester()).isEqualTo("noc@example.net");
    assertThat(optOut.reason()).isEqualTo("asked");
    assertThat(optOut.source()).isEqualTo(OptOut.Source.API);
  }

  @Test
  void givenAnOptOutOfAPart_whenAClassicClientAsks_thenItGetsNoBlockOfIt() {
    add("0.0.255.255/32");
    add("0.2.0.0/24");

    assertThat(LedgerFixture.indices(fixture.lease(4, Order.LOWEST))).containsExactly(1, 3);
  }

  @Test
  void givenABlockThatWasDoneBeforeItsOptOut_whenANewRoundBegins_thenNoClassicClientGetsIt() {
    Leased leased = fixture.lease(1, Order.LOWEST);
    fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]);
    add("0.0.0.0/16");

    await(fixture.ledger().startRound(new StartRoundRequest(1)));

    assertThat(LedgerFixture.indices(fixture.lease(4, Order.LOWEST))).containsExactly(1, 2, 3);
  }

  @Test
  void givenAnOptOutOfAWholeBlock_whenItIsEntered_thenTheBlockIsNoTaskUntilItIsRemoved() {
    Leased leased = fixture.lease(1, Order.LOWEST);

    OptOut optOut = add("0.0.0.0/15");

    assertThat(tasks()).isEqualTo(2);
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(UnknownTask.class);
    assertThat(LedgerFixture.indices(fixture.lease(4, Order.LOWEST))).containsExactly(2, 3);

    OptOut part = add("0.0.0.0/16");
    await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(optOut.id())));

    assertThat(LedgerFixture.indices(fixture.lease(4, Order.LOWEST))).containsExactly(1);
    await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(part.id())));
    assertThat(LedgerFixture.indices(fixture.lease(4, Order.LOWEST))).containsExactly(0);
    assertThat(tasks()).isEqualTo(4);
  }

  @Test
  void givenAResult_whenAnOptOutComesLater_thenItsAddressesAreNotShown() {
    Leased leased = fixture.lease(1, Order.LOWEST);
    byte[] bitmap = new byte[8_192];
    Arrays.fill(bitmap, (byte) 0xff);
    fixture.submit(0, leased.token(), Format.BITMAP, bitmap);

    add("0.0.1.0/24");

    byte[] shown =
        ((Stored) await(fixture.ledger().readResult(new ReadResultRequest(0, null))))
            .bitmap()
            .bytes();
    for (int i = 0; i < shown.length; i++) {
      assertThat(shown[i]).isEqualTo(i >= 32 && i < 64 ? 0 : (byte) 0xff);
    }
    assertThat(await(fixture.ledger().lookUp(new LookUpRequest(0x105, 32))))
        .satisfies(reply -> {
          assertThat(reply.exclusion()).isEqualTo("opt-out");
          assertThat(reply.rounds()).isEmpty();
        });
  }

  private void submitAllAnswering() {
    Leased leased = fixture.lease(1, Order.LOWEST);
    byte[] bitmap = new byte[8_192];
    Arrays.fill(bitmap, (byte) 0xff);
    fixture.submit(leased.tasks().getFirst().taskIndex(), leased.token(), Format.BITMAP, bitmap);
  }

  @Test
  void givenABlockThatWasDoneBeforeItsOptOut_whenANewRoundBegins_thenItIsNoTask() {
    submitAllAnswering();
    OptOut optOut = add("0.0.0.0/16");
    assertThat(tasks()).isEqualTo(4);

    await(fixture.ledger().startRound(new StartRoundRequest(1)));

    assertThat(tasks()).isEqualTo(3);
    await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(optOut.id())));
    assertThat(tasks()).isEqualTo(4);
  }

  @Test
  void givenABlockThatIsLeftOut_whenItIsMadeATaskByHand_thenNobodyGetsIt() {
    submitAllAnswering();
    add("0.0.0.0/16");

    fixture.revise(0, TaskStatus.AVAILABLE, false);

    assertThat(LedgerFixture.indices(fixture.lease(4, Order.SPREAD)))
        .containsExactlyInAnyOrder(1, 2, 3);
    assertThat(tasks()).isEqualTo(3);
  }

  @Test
  void givenOnlyABlockThatIsLeftOut_whenATaskIsLeased_thenThereIsNone() {
    for (int i = 0; i < 4; i++) {
      submitAllAnswering();
    }
    add("0.0.0.0/15");
    fixture.revise(0, TaskStatus.AVAILABLE, false);
    fixture.revise(1, TaskStatus.AVAILABLE, false);

    assertThat(fixture.tryLease(1, Order.SPREAD)).isInstanceOf(NoneAvailable.class);
  }

  @Test
  void givenOptOutsThatTogetherLeaveNothingOfABlock_whenTheSecondIsEntered_thenItIsNoTask() {
    add("0.1.0.0/17");
    assertThat(tasks()).isEqualTo(4);

    add("0.1.128.0/17");

    assertThat(tasks()).isEqualTo(3);
  }

  @Test
  void givenAResult_whenAnOptOutComesAndGoes_thenTheCountsAreWithoutItsAddresses() {
    submitAllAnswering();

    OptOut optOut = add("0.0.1.0/24");

    assertThat(fixture.task(0).answered()).isEqualTo(65_536 - 256);
    assertThat(await(fixture.ledger().progress()).answered()).isEqualTo(65_536 - 256);
    await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(optOut.id())));
    assertThat(fixture.task(0).answered()).isEqualTo(65_536);
  }

  @Test
  void givenAnOptOut_whenAResultSaysThatItsAddressesAnswer_thenTheyDoNotCount() {
    Leased leased = fixture.lease(1, Order.LOWEST);
    byte[] bitmap = new byte[8_192];
    Arrays.fill(bitmap, (byte) 0xff);
    add("0.0.1.0/24");

    fixture.submit(0, leased.token(), Format.BITMAP, bitmap);

    assertThat(fixture.task(0).answered()).isEqualTo(65_536 - 256);
  }

  @Test
  void givenAnOptOutInsideALargeNetwork_whenThatIsLookedUp_thenItIsNotCounted() {
    submitAllAnswering();
    submitAllAnswering();
    add("0.1.7.0/24");

    assertThat(await(fixture.ledger().lookUp(new LookUpRequest(0, 8))).rounds())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.pinged()).isEqualTo(2 * 65_536 - 256);
          assertThat(finding.answered()).isEqualTo(2 * 65_536 - 256);
          assertThat(finding.contributors()).isEqualTo(1);
        });
  }

  @Test
  void givenAnOptOut_whenItIsEnteredAgain_thenThereIsOne() {
    OptOut first = add("0.1.0.0/24");

    assertThat(add("0.1.0.0/24")).isEqualTo(first);
    assertThat(networks()).containsExactly("0.1.0.0/24");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0.0.0.0/7", "1.2.3.4/24", "1.2.3", "::/64", "1.2.3.4/33", "localhost"})
  void givenSomethingElseThanANetwork_whenItIsEntered_thenItIsRefused(String network) {
    assertThatThrownBy(() -> add(network))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(e.problems().getFirst().pointer()).isEqualTo("/network");
            });
    assertThat(networks()).isEmpty();
  }

  @Test
  void givenNoSuchOptOut_whenItIsRemoved_thenItIsNotFound() {
    assertThatThrownBy(() -> await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(99))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void givenAFile_whenItChanges_thenTheOptOutsAreWhatItSays() throws IOException {
    Path file = directory.resolve("opt-outs");
    Files.writeString(
        file,
        """
        # people who asked
        0.1.0.0/24  2026-11-01 noc@example.net   their monitoring
        0.0.0.0/16 2026-11-02 abuse@example.org  # a whole block

        """);
    await(fixture.ledger().readOptOuts(file));
    add("0.2.0.0/24");

    assertThat(networks()).containsExactlyInAnyOrder("0.1.0.0/24", "0.0.0.0/16", "0.2.0.0/24");
    assertThat(tasks()).isEqualTo(3);
    OptOut first =
        await(fixture.ledger().optOuts(new ListOptOutsRequest(0, 1_000))).optOuts().stream()
            .filter(optOut -> optOut.network().equals("0.1.0.0/24"))
            .findFirst()
            .orElseThrow();
    assertThat(first.createdAtEpochMs())
        .isEqualTo(Instant.parse("2026-11-01T00:00:00Z").toEpochMilli());
    assertThat(first.reason()).isEqualTo("their monitoring");
    assertThatThrownBy(
            () -> await(fixture.ledger().removeOptOut(new RemoveOptOutRequest(first.id()))))
        .hasMessageContaining("opt-out-file");

    Files.writeString(file, "0.1.0.0/24 2026-11-01 noc@example.net their monitoring\n");
    assertThat(await(fixture.ledger().readOptOuts(file))).isEqualTo(1);
    assertThat(networks()).containsExactlyInAnyOrder("0.1.0.0/24", "0.2.0.0/24");
    assertThat(tasks()).isEqualTo(4);
    assertThat(await(fixture.ledger().readOptOuts(file))).isZero();
  }

  @Test
  void givenAFileOfManyLines_whenItIsReplaced_thenBlocksGoAndComeBackAsItSays() throws IOException {
    Path file = directory.resolve("opt-outs");
    Files.writeString(file, lines(0, 256) + "0.2.0.0/16 2026-11-01 noc@example.net\n");
    await(fixture.ledger().readOptOuts(file));
    assertThat(tasks()).isEqualTo(2);

    Files.writeString(file, lines(3, 256));
    assertThat(await(fixture.ledger().readOptOuts(file))).isEqualTo(256 + 1 + 256);

    assertThat(LedgerFixture.indices(fixture.lease(4, Order.SPREAD)))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  /** Lines that leave out a block by its /24s. */
  private static String lines(int block, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("0.%d.%d.0/24 2026-11-01 noc@example.net%n".formatted(block, i));
    }
    return lines.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "0.1.0.0/24, the day",
    "0.1.0.0/24 yesterday somebody, not a day",
    "0.1.0.0/2 2026-11-01 somebody, not an IPv4 network",
    "0.1.0.1/24 2026-11-01 somebody, not an IPv4 network"
  })
  void givenAFileWithAnError_whenItIsRead_thenTheLineIsNamedAndNothingChanges(
      String line, String problem) throws IOException {
    Path file = directory.resolve("opt-outs");
    Files.writeString(file, "0.1.0.0/24 2026-11-01 noc@example.net\n");
    await(fixture.ledger().readOptOuts(file));
    Files.writeString(file, "0.2.0.0/24 2026-11-01 noc@example.net\n" + line + "\n");

    assertThatThrownBy(() -> await(fixture.ledger().readOptOuts(file)))
        .hasMessageContaining("line 2")
        .hasMessageContaining(problem);
    assertThat(networks()).containsExactly("0.1.0.0/24");
  }
}
