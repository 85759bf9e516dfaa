package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.Contributor.Standing;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorReply.Comparison;
import dev.signalbox.contracts.ping.GetContributorReply.Found;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksReply.NoneAvailable;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultReply.AlreadyDone;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.Session;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Results are compared, not believed. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class ChecksTest {

  /** Of newcomers every result is looked at again. */
  private static final ContributorRules ALL = new ContributorRules(64, 64, 100, 20, 25);

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;
  private final Map<String, String> keys = new HashMap<>();

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
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            Duration.ofMillis(20),
            true,
            0,
            tasks,
            65_536,
            10_000,
            500,
            ALL));
  }

  private LeaseTasksReply tryLease(String name) {
    LeaseTasksReply reply = fixture.leaseAs(name, keys.get(name), LedgerFixture.CLIENT);
    if (reply instanceof Leased leased && leased.contributorKey() != null) {
      keys.put(name, leased.contributorKey());
    }
    return reply;
  }

  /** Leases a task and hands in a result for it. */
  private void work(String name, byte[] bitmap) {
    Leased leased = (Leased) tryLease(name);
    int index = leased.tasks().getFirst().taskIndex();
    assertThat(fixture.submit(index, leased.token(), Format.BITMAP, bitmap))
        .isInstanceOf(Accepted.class);
  }

  private Contributor contributor(String name) {
    return found(name).contributor();
  }

  private Found found(String name) {
    GetContributorReply reply =
        await(fixture.ledger().contributor(new GetContributorRequest(name, null)));
    return (Found) reply;
  }

  private byte[] stored(int index) {
    return ((Stored) await(fixture.ledger().readResult(new ReadResultRequest(index, null))))
        .bitmap()
        .bytes();
  }

  private int checks() {
    return await(fixture.ledger().progress()).checks();
  }

  /** A block of which about one address in eight answers. */
  private static byte[] bitmap(int seed) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    Random random = new Random(seed);
    for (int i = 0; i < CensusResult.BITMAP_BYTES; i++) {
      bitmap[i] = (byte) (1 << random.nextInt(8));
    }
    return bitmap;
  }

  /** The same block a little later. */
  private static byte[] later(byte[] bitmap) {
    byte[] later = bitmap.clone();
    for (int i = 0; i < later.length; i += 16) {
      later[i] = 0;
    }
    return later;
  }

  @Test
  void givenAResultOfANewcomer_whenItIsStored_thenTheTaskIsDoneAndGivenToSomebodyElse() {
    open(1);

    work("ada", bitmap(1));

    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.DONE);
    assertThat(checks()).isEqualTo(1);
    assertThat(tryLease("ada")).isInstanceOf(NoneAvailable.class);
    assertThat(tryLease("bob"))
        .isInstanceOfSatisfying(
            Leased.class, leased -> assertThat(leased.tasks().getFirst().taskIndex()).isZero());
  }

  @Test
  void givenTwoResultsThatAgree_whenCompared_thenBothAreConfirmedAndTheFirstStays() {
    open(1);
    byte[] first = bitmap(1);

    work("ada", first);
    work("bob", later(first));

    assertThat(stored(0)).isEqualTo(first);
    assertThat(checks()).isZero();
    for (String name : new String[] {"ada", "bob"}) {
      assertThat(contributor(name).agreed()).isEqualTo(1);
      assertThat(contributor(name).disagreed()).isZero();
      assertThat(contributor(name).addresses()).isEqualTo(65_536);
      assertThat(found(name).comparisons())
          .singleElement()
          .satisfies(comparison -> {
            assertThat(comparison.agreed()).isTrue();
            assertThat(comparison.differing()).isEqualTo(512);
          });
    }
    assertThat(await(fixture.ledger().lookUp(new LookUpRequest(0, 16))).rounds())
        .singleElement()
        .satisfies(finding -> assertThat(finding.contributors()).isEqualTo(2));
  }

  @Test
  void givenTwoResultsThatDiffer_whenAThirdAgreesWithTheFirst_thenTheSecondIsRefuted() {
    open(1);
    byte[] truth = bitmap(1);

    work("ada", truth);
    work("mallory", bitmap(2));
    assertThat(checks()).isEqualTo(1);
    assertThat(tryLease("ada")).isInstanceOf(NoneAvailable.class);
    assertThat(tryLease("mallory")).isInstanceOf(NoneAvailable.class);
    work("carol", later(truth));

    assertThat(stored(0)).isEqualTo(truth);
    assertThat(contributor("mallory").disagreed()).isEqualTo(1);
    assertThat(contributor("mallory").addresses()).isZero();
    assertThat(contributor("mallory").standing()).isEqualTo(Standing.DOUBTED);
    assertThat(contributor("ada").agreed()).isEqualTo(1);
    assertThat(contributor("carol").agreed()).isEqualTo(1);
    assertThat(found("mallory").comparisons())
        .extracting(Comparison::agreed)
        .containsExactly(false);
  }

  @Test
  void givenTwoResultsThatDiffer_whenAThirdAgreesWithTheSecond_thenThatOneIsTheResult() {
    open(1);
    byte[] truth = bitmap(1);

    work("mallory", bitmap(2));
    work("ada", truth);
    work("carol", later(truth));

    assertThat(stored(0)).isEqualTo(truth);
    assertThat(fixture.task(0).answered()).isEqualTo(8_192);
    assertThat(contributor("mallory").tasks()).isZero();
    assertThat(contributor("ada").tasks()).isEqualTo(1);
    assertThat(await(fixture.ledger().progress()).answered()).isEqualTo(8_192);
  }

  @Test
  void givenThreeResultsThatAllDiffer_whenCompared_thenTheTaskReturnsToThePool() {
    open(1);

    work("ada", bitmap(1));
    work("bob", bitmap(2));
    work("carol", bitmap(3));

    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.AVAILABLE);
    assertThat(fixture.errors()).extracting(TaskFault::error).containsExactly("Results disagree");
    assertThat(checks()).isZero();
    assertThat(contributor("ada").tasks()).isZero();
    assertThat(await(fixture.ledger().progress()).answered()).isZero();
    work("ada", bitmap(1));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.DONE);
  }

  @Test
  void givenSomebodyRefuted_whenSwept_thenTheirOtherResultsReturnToThePool() {
    open(500);
    Map<Integer, byte[]> others = new HashMap<>();
    work("mallory", bitmap(2));
    for (int i = 0; i < 450; i++) {
      Leased leased =
          (Leased)
              await(
                  fixture
                      .ledger()
                      .lease(
                          new LeaseTasksRequest(
                              "worker",
                              "mallory",
                              null,
                              1,
                              Order.SPREAD,
                              null,
                              keys.get("mallory"),
                              null,
                              LedgerFixture.CLIENT)));
      int index = leased.tasks().getFirst().taskIndex();
      others.put(index, bitmap(1_000 + i));
      fixture.submit(
          index, leased.token(), Format.BITMAP, Objects.requireNonNull(others.get(index)));
    }
    assertThat(contributor("mallory").tasks()).isEqualTo(451);

    // Whichever of the tasks they get: two others find the same, which is something else.
    String[] names = {"ada", "carol"};
    Map<Integer, byte[]> truths = new HashMap<>();
    for (int i = 0; i < 1_000 && contributor("mallory").disagreed() == 0; i++) {
      String name = names[i % 2];
      Leased leased = (Leased) tryLease(name);
      int index = leased.tasks().getFirst().taskIndex();
      fixture.submit(
          index,
          leased.token(),
          Format.BITMAP,
          truths.computeIfAbsent(index, _ -> bitmap(-index - 1)));
    }

    assertThat(contributor("mallory").disagreed()).isPositive();
    recall("mallory");
    // What is left are the checks that had begun.
    for (String name : names) {
      while (checks() > 0 && tryLease(name) instanceof Leased leased) {
        int index = leased.tasks().getFirst().taskIndex();
        fixture.submit(
            index,
            leased.token(),
            Format.BITMAP,
            truths.computeIfAbsent(index, _ -> bitmap(-index - 1)));
      }
    }
    recall("mallory");
    assertThat(contributor("mallory").tasks()).isZero();
    for (int index : others.keySet()) {
      assertThat(fixture.task(index).status()).isNotEqualTo(TaskStatus.ERROR);
    }
  }

  private void recall(String name) {
    await(
        fixture
            .database()
            .write(session ->
                session.update("UPDATE participant SET recall = 1 WHERE name = ?", name)));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> await(fixture.database().read(session -> !recalls(session))));
  }

  private static boolean recalls(Session session) {
    return session
        .queryOne("SELECT 1 AS one FROM participant WHERE recall = 1", row -> row.getInt("one"))
        .isPresent();
  }

  @Test
  void givenAnHonestSecondResultThatWaitsForAThird_whenTheFirstIsRecalled_thenTheThirdDecides() {
    open(1);
    byte[] truth = bitmap(1);
    work("mallory", bitmap(2));
    work("ada", truth);

    recall("mallory");
    work("carol", later(truth));

    assertThat(stored(0)).isEqualTo(truth);
    assertThat(contributor("ada").tasks()).isEqualTo(1);
    assertThat(contributor("ada").agreed()).isEqualTo(1);
    assertThat(contributor("mallory").tasks()).isZero();
    assertThat(checks()).isZero();
  }

  @Test
  void givenACheckUnderWay_whenTheResultIsRecalled_thenTheCheckDecides() {
    open(1);
    byte[] truth = bitmap(1);
    work("mallory", bitmap(2));
    Leased ada = (Leased) tryLease("ada");

    recall("mallory");

    assertThat(fixture.submit(0, ada.token(), Format.BITMAP, truth)).isInstanceOf(Accepted.class);
    work("carol", later(truth));
    assertThat(stored(0)).isEqualTo(truth);
    assertThat(contributor("mallory").disagreed()).isEqualTo(1);
  }

  @Test
  void givenATaskGivenOutAgain_whenItsCheckerSubmitsTwice_thenTheSecondIsARepeat() {
    open(1);
    byte[] bitmap = bitmap(1);
    work("ada", bitmap);
    Leased leased = (Leased) tryLease("bob");

    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, bitmap))
        .isEqualTo(new Accepted(false, 8_192));
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, bitmap))
        .isEqualTo(new Accepted(true, 8_192));
    assertThat(contributor("bob").agreed()).isEqualTo(1);
  }

  @Test
  void givenASecondResultThatBecameTheResult_whenItIsSentAgain_thenItIsARepeat() {
    open(1);
    byte[] truth = bitmap(1);
    work("mallory", bitmap(2));
    Leased ada = (Leased) tryLease("ada");
    fixture.submit(0, ada.token(), Format.BITMAP, truth);
    work("carol", later(truth));

    assertThat(fixture.submit(0, ada.token(), Format.BITMAP, truth))
        .isEqualTo(new Accepted(true, 8_192));
  }

  @Test
  void givenARefutedResult_whenItsSenderSendsWhatTookItsPlace_thenThatIsNoRepeat() {
    open(1);
    byte[] truth = bitmap(1);
    Leased mallory = (Leased) tryLease("mallory");
    fixture.submit(0, mallory.token(), Format.BITMAP, bitmap(2));
    work("ada", truth);
    work("carol", later(truth));

    assertThat(fixture.submit(0, mallory.token(), Format.BITMAP, truth))
        .isInstanceOf(AlreadyDone.class);
    assertThat(fixture.submit(0, mallory.token(), Format.BITMAP, bitmap(2)))
        .isInstanceOf(AlreadyDone.class);
  }

  @Test
  void givenACheckInProgress_whenTheTaskIsSentBackByHand_thenTheCheckIsWorthless() {
    open(1);
    work("ada", bitmap(1));
    Leased leased = (Leased) tryLease("bob");

    fixture.revise(0, TaskStatus.AVAILABLE, false);

    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, bitmap(1)))
        .isInstanceOf(NoLease.class);
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.AVAILABLE);
  }

  @Test
  void givenACheckThatExpired_whenLeasedAgain_thenAnotherGetsItAndNoErrorIsNoted() {
    open(1);
    work("ada", bitmap(1));
    Leased lost = (Leased) tryLease("bob");
    fixture.endLeases();

    work("carol", bitmap(1));

    assertThat(fixture.errors()).isEmpty();
    assertThat(fixture.submit(0, lost.token(), Format.BITMAP, bitmap(1)))
        .isInstanceOf(NoLease.class);
    assertThat(new Binary(stored(0))).isEqualTo(new Binary(bitmap(1)));
  }
}
