package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ping.ledger.LedgerHistory.Change;
import dev.signalbox.ping.ledger.LedgerHistory.Compared;
import dev.signalbox.ping.ledger.LedgerHistory.Leased;
import dev.signalbox.ping.ledger.LedgerHistory.Outcome;
import dev.signalbox.ping.ledger.LedgerHistory.Released;
import dev.signalbox.ping.ledger.LedgerHistory.Renewed;
import dev.signalbox.ping.ledger.LedgerHistory.ResultRow;
import dev.signalbox.ping.ledger.LedgerHistory.Stored;
import dev.signalbox.ping.ledger.LedgerHistory.Submitted;
import dev.signalbox.ping.ledger.LedgerHistory.TaskRow;
import dev.signalbox.ping.ledger.LedgerHistoryCheck.Kind;
import dev.signalbox.ping.ledger.LedgerHistoryCheck.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A checker that finds nothing proves nothing: each kind of fault is put into a sound history. */
class LedgerHistoryCheckTest {

  private static final int TASK = 7;
  private static final int OTHER_TASK = 8;
  private static final int THIRD_TASK = 9;
  private static final long ADA = 10;
  private static final long BOB = 11;
  private static final long EVE = 12;
  private static final long LEASE_MS = 2_000;
  private static final byte[] TRUTH = bitmap(1);
  private static final byte[] LIE = bitmap(2);
  private static final byte[] OTHER_LIE = bitmap(3);

  private final List<Leased> leases = new ArrayList<>();
  private final List<Renewed> renewals = new ArrayList<>();
  private final List<Released> releases = new ArrayList<>();
  private final List<Submitted> submissions = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<TaskRow> tasks = new ArrayList<>();
  private final List<ResultRow> results = new ArrayList<>();
  private final List<Compared> comparisons = new ArrayList<>();
  private final List<Long> tally = new ArrayList<>();
  private final Map<Long, Integer> credit = new HashMap<>();
  private long now = 10_000;
  private int task = TASK;

  private static byte[] bitmap(int seed) {
    byte[] bitmap = new byte[CensusResult.BITMAP_BYTES];
    new Random(seed).nextBytes(bitmap);
    return bitmap;
  }

  /** Ada does the task, Bob gets a copy of it and finds the same. */
  @BeforeEach
  void soundHistory() {
    lease("ada", ADA, 0);
    submit("ada", ADA, 0, TRUTH);
    change(1, 0, null, null, null);
    lease("bob", BOB, 1);
    submit("bob", BOB, 1, TRUTH);
    tasks.add(new TaskRow(TASK, 0, 2, 100));
    tasks.add(new TaskRow(TASK, 1, 2, 100));
    results.add(new ResultRow(TASK, 0, ADA, TRUTH, 1));
    results.add(new ResultRow(TASK, 1, BOB, null, 0));
    comparisons.add(new Compared(TASK, ADA, true));
    comparisons.add(new Compared(TASK, BOB, true));
    tally.addAll(List.of(0L, 0L, 1L, 0L, 100L));
    credit.putAll(Map.of(ADA, 1, BOB, 1));
  }

  private void change(
      int copy,
      int status,
      @Nullable String lease,
      @Nullable Long participant,
      @Nullable Long expires) {
    changes.add(new Change(changes.size(), now, task, copy, status, lease, participant, expires));
  }

  private void taken(String lease, long participant, int copy) {
    now += 50;
    change(copy, 1, lease, participant, now + LEASE_MS);
  }

  private void lease(String lease, long participant, int copy) {
    taken(lease, participant, copy);
    leases.add(new Leased(lease, List.of(task), now - 5, now + 5, now + LEASE_MS));
  }

  private void sent(String lease, byte[] bitmap, Outcome outcome) {
    now += 50;
    submissions.add(new Submitted(lease, task, bitmap, now, outcome));
  }

  private void submit(String lease, long participant, int copy, byte[] bitmap) {
    sent(lease, bitmap, Outcome.ACCEPTED);
    now += 5;
    change(copy, 2, null, participant, null);
  }

  private void backToThePool() {
    now += 50;
    change(0, 0, null, null, null);
    change(1, Change.DELETED, null, null, null);
  }

  private void nothingIsStored() {
    tasks.clear();
    tasks.add(new TaskRow(TASK, 0, 0, 0));
    results.clear();
    tally.clear();
    tally.addAll(List.of(1L, 0L, 0L, 0L, 0L));
    credit.clear();
  }

  /** The same with a Bob who lies, before anybody else has looked. */
  private void bobLies() {
    submissions.removeLast();
    submissions.add(new Submitted("bob", TASK, LIE, now - 5, Outcome.ACCEPTED));
    change(2, 0, null, null, null);
    tasks.add(new TaskRow(TASK, 2, 0, 0));
    comparisons.clear();
    results.clear();
    results.add(new ResultRow(TASK, 0, ADA, TRUTH, 0));
    results.add(new ResultRow(TASK, 1, BOB, LIE, 0));
  }

  /** Eve, who finds what Ada found, decides against Bob. */
  private void eveDecides() {
    bobLies();
    lease("eve", EVE, 2);
    submit("eve", EVE, 2, TRUTH);
    results.clear();
    results.add(new ResultRow(TASK, 0, ADA, TRUTH, 1));
    results.add(new ResultRow(TASK, 2, EVE, null, 0));
    comparisons.add(new Compared(TASK, ADA, true));
    comparisons.add(new Compared(TASK, BOB, false));
    comparisons.add(new Compared(TASK, EVE, true));
    credit.clear();
    credit.putAll(Map.of(ADA, 1, EVE, 1));
  }

  private List<Violation> violations() {
    return LedgerHistoryCheck.violations(
        new LedgerHistory(
            LEASE_MS,
            25,
            leases,
            renewals,
            releases,
            submissions,
            changes,
            new Stored(tasks, results, comparisons, tally, credit)));
  }

  private Set<Kind> kinds() {
    return violations().stream().map(Violation::kind).collect(Collectors.toSet());
  }

  @Test
  void aSoundHistoryHasNothingWrong() {
    assertThat(violations()).isEmpty();
  }

  @Test
  void aDisagreementThatWaitsIsSound() {
    bobLies();

    assertThat(violations()).isEmpty();
  }

  @Test
  void aRefutedLieIsSound() {
    eveDecides();

    assertThat(violations()).isEmpty();
  }

  /** Eve was refuted, and what she found of another task goes back, which nobody had confirmed. */
  private void eveIsRecalled() {
    task = OTHER_TASK;
    lease("ada-2", ADA, 0);
    submit("ada-2", ADA, 0, TRUTH);
    change(1, 0, null, null, null);
    lease("eve-2", EVE, 1);
    submit("eve-2", EVE, 1, LIE);
    change(2, 0, null, null, null);
    lease("bob-2", BOB, 2);
    submit("bob-2", BOB, 2, TRUTH);
    tasks.add(new TaskRow(OTHER_TASK, 0, 2, 100));
    results.add(new ResultRow(OTHER_TASK, 0, ADA, TRUTH, 1));
    results.add(new ResultRow(OTHER_TASK, 2, BOB, null, 0));
    comparisons.add(new Compared(OTHER_TASK, ADA, true));
    comparisons.add(new Compared(OTHER_TASK, BOB, true));
    comparisons.add(new Compared(OTHER_TASK, EVE, false));
    tally.set(2, 2L);
    tally.set(4, 200L);
    credit.putAll(Map.of(ADA, 2, BOB, 2));
    task = THIRD_TASK;
  }

  @Test
  void aResultOfTheRefutedThatIsRecalledIsSound() {
    eveIsRecalled();
    lease("eve-3", EVE, 0);
    submit("eve-3", EVE, 0, LIE);
    change(0, 0, null, null, null);
    tasks.add(new TaskRow(THIRD_TASK, 0, 0, 0));
    tally.set(0, 1L);

    assertThat(violations()).isEmpty();
  }

  @Test
  void aConfirmedResultThatIsTakenBackIsFound() {
    backToThePool();
    nothingIsStored();

    assertThat(kinds()).containsExactly(Kind.WRONG_RECALL);
  }

  @Test
  void aResultThatIsTakenBackFromSomebodyWhoWasNotRefutedIsFound() {
    eveIsRecalled();
    lease("ada-3", ADA, 0);
    submit("ada-3", ADA, 0, TRUTH);
    change(0, 0, null, null, null);
    tasks.add(new TaskRow(THIRD_TASK, 0, 0, 0));
    tally.set(0, 1L);

    assertThat(kinds()).containsExactly(Kind.WRONG_RECALL);
  }

  @Test
  void aLateResultIsSound() {
    task = OTHER_TASK;
    lease("late", EVE, 0);
    now += LEASE_MS;
    change(0, 0, null, EVE, null);
    submit("late", EVE, 0, TRUTH);
    tasks.add(new TaskRow(OTHER_TASK, 0, 2, 100));
    results.add(new ResultRow(OTHER_TASK, 0, EVE, TRUTH, 0));
    tally.set(2, 2L);
    tally.set(4, 200L);
    credit.put(EVE, 1);

    assertThat(violations()).isEmpty();
  }

  @Test
  void aResultWhoseAnswerGotLostMayCount() {
    Submitted last = submissions.removeLast();
    submissions.add(
        new Submitted(last.leaseId(), TASK, last.bitmap(), last.askedAt(), Outcome.UNKNOWN));
    submissions.add(new Submitted(last.leaseId(), TASK, last.bitmap(), now + 50, Outcome.REPEATED));

    assertThat(violations()).isEmpty();
  }

  @Test
  void aTaskTakenFromSomebodyWhoHoldsItIsFound() {
    task = OTHER_TASK;
    taken("first", ADA, 0);
    taken("second", BOB, 0);

    assertThat(kinds()).contains(Kind.TWO_LEASES);
  }

  @Test
  void twoWorkersWhoRelyOnOneTaskAreFound() {
    // The database forgot the heartbeat that the worker was told of.
    task = OTHER_TASK;
    lease("first", ADA, 0);
    renewals.add(new Renewed("first", now + 1_000, now + 1_010, now + 1_005 + LEASE_MS));
    now += LEASE_MS + 10;
    change(0, 0, null, ADA, null);
    lease("second", BOB, 0);

    assertThat(kinds()).containsExactly(Kind.TWO_LEASES);
  }

  @Test
  void aTaskGivenBackMayBeHandedOutAtOnce() {
    task = OTHER_TASK;
    lease("first", ADA, 0);
    releases.add(new Released("first", now + 10));
    change(0, 0, null, null, null);
    lease("second", BOB, 0);
    tasks.add(new TaskRow(OTHER_TASK, 0, 1, 0));
    tally.set(1, 1L);

    assertThat(violations()).isEmpty();
  }

  @Test
  void aDoneTaskThatIsHandedOutAgainIsFound() {
    lease("again", EVE, 0);

    assertThat(kinds()).contains(Kind.DONE_TWICE);
  }

  @Test
  void aResultThatIsAcceptedAsNewTwiceIsFound() {
    sent("ada", TRUTH, Outcome.ACCEPTED);

    assertThat(kinds()).containsExactly(Kind.DONE_TWICE);
  }

  @Test
  void aTaskThatIsDoneThoughNobodySentAResultIsFound() {
    submissions.removeIf(one -> one.leaseId().equals("bob"));

    assertThat(kinds()).contains(Kind.DONE_BY_NOBODY);
  }

  @Test
  void aLeaseThatTheDatabaseDoesNotKnowIsFound() {
    leases.add(new Leased("lost", List.of(8), now, now + 10, now + 5 + LEASE_MS));

    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void anAcknowledgedResultThatNeverCountedIsFound() {
    changes.removeLast();

    assertThat(kinds()).contains(Kind.LOST);
  }

  @Test
  void aResultThatIsGoneIsFound() {
    results.removeFirst();

    assertThat(kinds()).contains(Kind.LOST);
  }

  @Test
  void aResultOfOtherBytesIsFound() {
    byte[] torn = TRUTH.clone();
    torn[8_191] ^= 1;
    results.set(0, new ResultRow(TASK, 0, ADA, torn, 1));

    assertThat(kinds()).containsExactly(Kind.WRONG_RESULT);
  }

  @Test
  void aResultThatHasGoneBackAndIsStillShownIsFound() {
    backToThePool();
    tasks.clear();
    tasks.add(new TaskRow(TASK, 0, 0, 0));
    tally.clear();
    tally.addAll(List.of(1L, 0L, 0L, 0L, 0L));

    assertThat(kinds()).contains(Kind.WRONG_RESULT, Kind.WRONG_CREDIT);
  }

  @Test
  void aLieThatIsShownThoughItWasRefutedIsFound() {
    eveDecides();
    results.set(0, new ResultRow(TASK, 0, BOB, LIE, 1));

    assertThat(kinds()).contains(Kind.WRONG_RESULT);
  }

  @Test
  void creditForOneTaskTwiceIsFound() {
    results.set(1, new ResultRow(TASK, 1, ADA, null, 0));

    assertThat(kinds()).containsExactly(Kind.WRONG_CREDIT);
  }

  @Test
  void creditThatTheRefutedKeepIsFound() {
    eveDecides();
    results.add(new ResultRow(TASK, 1, BOB, LIE, 0));

    assertThat(kinds()).containsExactly(Kind.WRONG_CREDIT);
  }

  @Test
  void aLeaderboardThatCountsAnotherCreditIsFound() {
    credit.put(BOB, 2);

    assertThat(kinds()).containsExactly(Kind.WRONG_CREDIT);
  }

  @Test
  void aTallyThatHasDriftedIsFound() {
    tally.set(4, 101L);

    assertThat(kinds()).containsExactly(Kind.WRONG_TALLY);
  }

  @Test
  void aCheckOfOnesOwnResultIsFound() {
    changes.replaceAll(change ->
        "bob".equals(change.leaseId())
            ? new Change(change.number(), change.at(), TASK, 1, 1, "bob", ADA, change.expiresAt())
            : change);

    assertThat(kinds()).contains(Kind.OWN_CHECK);
  }

  @Test
  void anAgreementThatNobodyNotedIsFound() {
    comparisons.removeLast();

    assertThat(kinds()).containsExactly(Kind.NOT_SETTLED);
  }

  @Test
  void anAgreementThatIsNoneIsFound() {
    Submitted last = submissions.removeLast();
    submissions.add(new Submitted("bob", TASK, LIE, last.askedAt(), Outcome.ACCEPTED));

    assertThat(kinds()).contains(Kind.NOT_SETTLED);
  }

  @Test
  void aDisagreementThatNobodyIsToDecideIsFound() {
    bobLies();
    tasks.removeLast();

    assertThat(kinds()).containsExactly(Kind.NOT_SETTLED);
  }

  @Test
  void aJudgementAgainstTheWrongOneIsFound() {
    eveDecides();
    comparisons.replaceAll(one ->
        one.participant() == EVE ? one : new Compared(TASK, one.participant(), !one.agreed()));

    assertThat(kinds()).containsExactly(Kind.NOT_SETTLED);
  }

  @Test
  void aConfirmationTooManyIsFound() {
    results.set(0, new ResultRow(TASK, 0, ADA, TRUTH, 2));

    assertThat(kinds()).containsExactly(Kind.NOT_SETTLED);
  }

  @Test
  void threeResultsThatDifferAndStayAreFound() {
    bobLies();
    lease("eve", EVE, 2);
    submit("eve", EVE, 2, OTHER_LIE);

    assertThat(kinds()).contains(Kind.NOT_SETTLED);
  }

  @Test
  void aLeaseByAnotherClockIsFound() {
    leases.set(
        0,
        new Leased(
            "ada",
            List.of(TASK),
            leases.getFirst().askedAt(),
            leases.getFirst().toldAt(),
            leases.getFirst().expiresAt() + 7_200_000));

    assertThat(kinds()).contains(Kind.WRONG_CLOCK);
  }

  @Test
  void aHeartbeatByAnotherClockIsFound() {
    renewals.add(new Renewed("ada", now, now + 10, now + 5 + LEASE_MS - 7_200_000));

    assertThat(kinds()).containsExactly(Kind.WRONG_CLOCK);
  }

  @Test
  void everyKindHasATestHere() {
    // Whoever adds a kind adds a test that shows it, and its name here.
    assertThat(Arrays.stream(Kind.values()).map(Kind::name))
        .containsExactlyInAnyOrder(
            "TWO_LEASES",
            "DONE_TWICE",
            "DONE_BY_NOBODY",
            "LOST",
            "WRONG_RESULT",
            "WRONG_CREDIT",
            "WRONG_TALLY",
            "OWN_CHECK",
            "NOT_SETTLED",
            "WRONG_RECALL",
            "WRONG_CLOCK");
  }
}
