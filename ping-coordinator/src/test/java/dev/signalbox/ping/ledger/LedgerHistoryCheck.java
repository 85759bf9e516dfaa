package dev.signalbox.ping.ledger;

import dev.signalbox.ping.ledger.LedgerHistory.Change;
import dev.signalbox.ping.ledger.LedgerHistory.Compared;
import dev.signalbox.ping.ledger.LedgerHistory.Leased;
import dev.signalbox.ping.ledger.LedgerHistory.Outcome;
import dev.signalbox.ping.ledger.LedgerHistory.Released;
import dev.signalbox.ping.ledger.LedgerHistory.Renewed;
import dev.signalbox.ping.ledger.LedgerHistory.ResultRow;
import dev.signalbox.ping.ledger.LedgerHistory.Submitted;
import dev.signalbox.ping.ledger.LedgerHistory.TaskRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what must not be in a history. Knows the rules of the ledger from its README and decision
 * 0074 alone; of the ledger's code it uses only {@link Likeness}, which has tests of its own.
 */
final class LedgerHistoryCheck {

  /** What may be wrong. */
  enum Kind {
    /** Two leases of one copy of a task at one time. */
    TWO_LEASES,
    /** One copy of a task done again without having gone back to the pool. */
    DONE_TWICE,
    /** Done, though the holder of the lease sent nothing. */
    DONE_BY_NOBODY,
    /** Told to a worker, and not in the database. */
    LOST,
    /** Another result is shown than the one that counts. */
    WRONG_RESULT,
    /** Credit that nobody earned, twice for one task, or none where it was earned. */
    WRONG_CREDIT,
    /** The counts are not those of the rows. */
    WRONG_TALLY,
    /** A copy was given to somebody whose own result it checks. */
    OWN_CHECK,
    /** A disagreement was not settled, or not as decision 0074 says. */
    NOT_SETTLED,
    /** A result went back to the pool though it was confirmed, or nobody refuted its sender. */
    WRONG_RECALL,
    /** A lease ends by another clock than the database's. */
    WRONG_CLOCK
  }

  record Violation(Kind kind, String text) {}

  /** Times are rounded to milliseconds on both sides. */
  private static final long ROUNDING_MS = 2;

  private static final int WAITING = 0;
  private static final int LEASED = 1;
  private static final int DONE = 2;

  private record Copy(int task, int copy) {}

  private record Work(String leaseId, int task) {}

  /** A task handed out: what copy, to whom. */
  private record Taken(Copy copy, @Nullable Long participant) {}

  /** A result that the ledger took. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Counted(Work work, int copy, @Nullable Long participant, byte[] bitmap) {}

  private final LedgerHistory history;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<Work, Taken> taken = new HashMap<>();
  private final Map<Work, Long> wiped = new HashMap<>();
  private final Map<Work, List<Submitted>> sent = new HashMap<>();
  private final Set<Work> done = new HashSet<>();
  private final Set<Long> refuted = new HashSet<>();
  // By task, for each time that it went through the pool, what was counted in order.
  private final TreeMap<Integer, List<List<Counted>>> generations = new TreeMap<>();

  private LedgerHistoryCheck(LedgerHistory history) {
    this.history = history;
  }

  static List<Violation> violations(LedgerHistory history) {
    LedgerHistoryCheck check = new LedgerHistoryCheck(history);
    for (Submitted submission : history.submissions()) {
      check
          .sent
          .computeIfAbsent(
              new Work(submission.leaseId(), submission.task()), _ -> new ArrayList<>())
          .add(submission);
    }
    check.replay();
    check.leases();
    check.acknowledgements();
    check.clocks();
    check.settlements();
    check.tally();
    return check.violations;
  }

  private void found(Kind kind, String text) {
    violations.add(new Violation(kind, text));
  }

  private List<List<Counted>> generations(int task) {
    return generations.computeIfAbsent(
        task, _ -> new ArrayList<>(List.of(new ArrayList<Counted>())));
  }

  /** Goes through the changes of the rows. */
  private void replay() {
    Map<Copy, Change> rows = new HashMap<>();
    Map<Copy, Work> holders = new HashMap<>();
    List<Change> changes = new ArrayList<>(history.changes());
    changes.sort(Comparator.comparingLong(Change::number));
    for (Change change : changes) {
      Copy copy = new Copy(change.task(), change.copy());
      Change before = rows.put(copy, change);
      int status = before == null ? WAITING : before.status();
      String holder = before == null ? null : before.leaseId();
      List<List<Counted>> all = generations(change.task());
      if (change.status() == LEASED && !Objects.equals(change.leaseId(), holder)) {
        take(change, copy, before, all);
        if (change.leaseId() != null) {
          holders.put(copy, new Work(change.leaseId(), change.task()));
        }
      } else if (change.status() == DONE && status != DONE) {
        finish(change, holders.get(copy), all.getLast());
      } else if (change.status() == WAITING && status == DONE && change.copy() == 0) {
        recall(change.task(), all.getLast());
        all.add(new ArrayList<>());
      } else if (change.status() == Change.DELETED) {
        Work work = holders.remove(copy);
        if (work != null) {
          wiped.put(work, change.at());
        }
      }
    }
  }

  private void take(
      Change change, Copy copy, @Nullable Change before, List<List<Counted>> generations) {
    if (before != null
        && before.status() == LEASED
        && (before.expiresAt() == null || before.expiresAt() > change.at() + ROUNDING_MS)) {
      found(Kind.TWO_LEASES, copy + " was taken from " + before.leaseId() + " by " + change);
    }
    if (before != null && before.status() == DONE) {
      found(Kind.DONE_TWICE, copy + " was handed out again though it was done: " + change);
    }
    Long participant = change.participant();
    if (change.copy() > 0
        && participant != null
        && generations.getLast().stream()
            .anyMatch(counted -> participant.equals(counted.participant))) {
      found(Kind.OWN_CHECK, copy + " was given to " + participant + ", whose result it checks");
    }
    if (change.leaseId() != null) {
      taken.put(new Work(change.leaseId(), change.task()), new Taken(copy, participant));
    }
  }

  private void finish(Change change, @Nullable Work work, List<Counted> generation) {
    List<Submitted> submissions = work == null ? List.of() : sent.getOrDefault(work, List.of());
    if (work == null || submissions.isEmpty()) {
      found(Kind.DONE_BY_NOBODY, "nobody sent a result for " + change);
      return;
    }
    if (generation.stream().anyMatch(counted -> counted.copy == change.copy())) {
      found(Kind.DONE_TWICE, "copy " + change.copy() + " of " + change.task() + " is done again");
    }
    done.add(work);
    Taken take = taken.get(work);
    generation.add(
        new Counted(
            work,
            change.copy(),
            take == null ? change.participant() : take.participant,
            submissions.getFirst().bitmap()));
    for (Compared one : settle(change.task(), generation).comparisons) {
      if (!one.agreed()) {
        refuted.add(one.participant());
      }
    }
  }

  private void recall(int task, List<Counted> counted) {
    Settlement settlement = settle(task, counted);
    Counted shown = settlement.shown;
    if (settlement.backToThePool || shown == null) {
      return;
    }
    if (settlement.confirmations > 0) {
      found(Kind.WRONG_RECALL, "the result of " + task + " was confirmed and taken back");
    } else if (shown.participant == null || !refuted.contains(shown.participant)) {
      found(Kind.WRONG_RECALL, "the result of " + task + " was taken back without a reason");
    }
  }

  /** The time in which a worker may rely on a task being its own. */
  private record Hold(String leaseId, long from, long until) {}

  private void leases() {
    Map<String, Long> ends = new HashMap<>();
    for (Leased lease : history.leases()) {
      ends.put(lease.leaseId(), lease.expiresAt());
    }
    for (Renewed renewal : history.renewals()) {
      ends.merge(renewal.leaseId(), renewal.expiresAt(), Math::max);
    }
    for (Released release : history.releases()) {
      ends.merge(release.leaseId(), release.askedAt(), Math::min);
    }
    Map<Copy, List<Hold>> holds = new HashMap<>();
    for (Leased lease : history.leases()) {
      for (int task : lease.tasks()) {
        Work work = new Work(lease.leaseId(), task);
        Taken take = taken.get(work);
        if (take == null) {
          found(Kind.LOST, "the database knows nothing of the lease " + work);
          continue;
        }
        long until =
            Math.min(
                Objects.requireNonNull(ends.get(lease.leaseId())),
                wiped.getOrDefault(work, Long.MAX_VALUE));
        for (Submitted submission : sent.getOrDefault(work, List.of())) {
          until = Math.min(until, submission.askedAt());
        }
        holds
            .computeIfAbsent(take.copy, _ -> new ArrayList<>())
            .add(new Hold(lease.leaseId(), lease.toldAt(), until));
      }
    }
    holds.forEach((copy, all) -> {
      all.removeIf(hold -> hold.from >= hold.until);
      all.sort(Comparator.comparingLong(Hold::from));
      for (int i = 1; i < all.size(); i++) {
        if (all.get(i).from + ROUNDING_MS < all.get(i - 1).until) {
          found(Kind.TWO_LEASES, copy + " had two holders: " + all.get(i - 1) + ", " + all.get(i));
        }
      }
    });
  }

  private void acknowledgements() {
    Set<Work> accepted = new HashSet<>();
    for (Submitted submission : history.submissions()) {
      Work work = new Work(submission.leaseId(), submission.task());
      boolean acknowledged =
          submission.outcome() == Outcome.ACCEPTED || submission.outcome() == Outcome.REPEATED;
      if (acknowledged && !done.contains(work)) {
        found(Kind.LOST, "a result was acknowledged and never counted: " + work);
      }
      if (submission.outcome() == Outcome.ACCEPTED && !accepted.add(work)) {
        found(Kind.DONE_TWICE, "a result was accepted as new twice: " + work);
      }
    }
  }

  private void clocks() {
    for (Leased lease : history.leases()) {
      clock(lease.leaseId(), lease.askedAt(), lease.toldAt(), lease.expiresAt());
    }
    for (Renewed renewal : history.renewals()) {
      clock(renewal.leaseId(), renewal.askedAt(), renewal.toldAt(), renewal.expiresAt());
    }
  }

  private void clock(String leaseId, long askedAt, long toldAt, long expiresAt) {
    long from = expiresAt - history.leaseMs();
    if (from < askedAt - ROUNDING_MS || from > toldAt + ROUNDING_MS) {
      found(
          Kind.WRONG_CLOCK,
          leaseId + " began at " + from + ", outside of " + askedAt + " to " + toldAt);
    }
  }

  /** What is to become of the results of one task that went through the pool once. */
  private static final class Settlement {

    private final List<Compared> comparisons = new ArrayList<>();
    private final List<Counted> credited = new ArrayList<>();
    private @Nullable Counted shown;
    private int confirmations;
    private boolean backToThePool;
    private boolean waitsForTheThird;
  }

  private boolean agree(Counted one, Counted other) {
    return Likeness.of(one.bitmap, other.bitmap).agrees(history.churnPercent());
  }

  private Settlement settle(int task, List<Counted> counted) {
    Settlement settlement = new Settlement();
    settlement.credited.addAll(counted);
    settlement.shown = counted.isEmpty() ? null : counted.getFirst();
    if (counted.size() < 2) {
      return settlement;
    }
    Counted first = counted.get(0);
    Counted second = counted.get(1);
    List<Counted> agreed = new ArrayList<>();
    if (counted.size() == 2) {
      if (agree(first, second)) {
        agreed.addAll(counted);
      } else {
        settlement.waitsForTheThird = true;
      }
    } else {
      Counted third = counted.get(2);
      if (agree(first, third)) {
        agreed.add(first);
      }
      if (agree(second, third)) {
        agreed.add(second);
      }
      if (agreed.isEmpty()) {
        settlement.backToThePool = true;
        settlement.credited.clear();
        settlement.shown = null;
      } else {
        for (Counted one : List.of(first, second)) {
          if (!agreed.contains(one)) {
            settlement.credited.remove(one);
            compared(settlement, task, one, false);
          }
        }
        settlement.shown = agreed.getFirst();
        agreed.add(third);
      }
    }
    agreed.forEach(one -> compared(settlement, task, one, true));
    settlement.confirmations = Math.max(0, agreed.size() - 1);
    return settlement;
  }

  private static void compared(Settlement settlement, int task, Counted one, boolean agreed) {
    if (one.participant != null) {
      settlement.comparisons.add(new Compared(task, one.participant, agreed));
    }
  }

  private void settlements() {
    Map<Integer, List<ResultRow>> results = new HashMap<>();
    for (ResultRow row : history.stored().results()) {
      results.computeIfAbsent(row.task(), _ -> new ArrayList<>()).add(row);
      generations(row.task());
    }
    Map<Copy, TaskRow> rows = new HashMap<>();
    for (TaskRow row : history.stored().tasks()) {
      rows.put(new Copy(row.task(), row.copy()), row);
    }
    List<Compared> expected = new ArrayList<>();
    Map<Long, Integer> credit = new HashMap<>();
    generations.forEach((task, all) -> {
      Settlement last = new Settlement();
      for (List<Counted> counted : all) {
        last = settle(task, counted);
        expected.addAll(last.comparisons);
      }
      last.credited.forEach(one -> {
        if (one.participant != null) {
          credit.merge(one.participant, 1, Integer::sum);
        }
      });
      if (last.backToThePool) {
        found(Kind.NOT_SETTLED, "three results of " + task + " differ and it is not in the pool");
      }
      if (last.waitsForTheThird && !rows.containsKey(new Copy(task, 2))) {
        found(Kind.NOT_SETTLED, "two results of " + task + " differ and nobody is to decide");
      }
      stored(task, last, results.getOrDefault(task, List.of()));
    });
    List<Compared> surplus = new ArrayList<>(history.stored().comparisons());
    List<Compared> missing = new ArrayList<>(expected);
    expected.forEach(surplus::remove);
    history.stored().comparisons().forEach(missing::remove);
    surplus.forEach(one -> found(Kind.NOT_SETTLED, "there is no reason for " + one));
    missing.forEach(one -> found(Kind.NOT_SETTLED, one + " is missing"));
    if (!credit.equals(history.stored().credit())) {
      found(
          Kind.WRONG_CREDIT,
          "earned is " + new TreeMap<>(credit) + ", told is " + history.stored().credit());
    }
  }

  private void stored(int task, Settlement settlement, List<ResultRow> rows) {
    ResultRow shown = rows.stream().filter(row -> row.copy() == 0).findFirst().orElse(null);
    Counted counts = settlement.shown;
    if (counts == null ? shown != null : shown == null) {
      found(
          counts == null ? Kind.WRONG_RESULT : Kind.LOST,
          "task "
              + task
              + (counts == null ? " shows a result it has not" : " has lost its result"));
    } else if (counts != null && shown != null) {
      if (!Arrays.equals(shown.bitmap(), counts.bitmap)
          || !Objects.equals(shown.participant(), counts.participant)) {
        found(Kind.WRONG_RESULT, "task " + task + " shows another result than " + counts.work);
      }
      if (shown.confirmations() != settlement.confirmations) {
        found(
            Kind.NOT_SETTLED,
            "task "
                + task
                + " has "
                + shown.confirmations()
                + " confirmations instead of "
                + settlement.confirmations);
      }
    }
    List<Long> credited = participants(rows.stream().map(ResultRow::participant).toList());
    List<Long> earned =
        participants(settlement.credited.stream().map(one -> one.participant).toList());
    if (!credited.equals(earned) || new HashSet<>(credited).size() != credited.size()) {
      found(
          Kind.WRONG_CREDIT,
          "task " + task + " is credited to " + credited + " and was done by " + earned);
    }
  }

  private static List<Long> participants(List<? extends @Nullable Long> some) {
    List<Long> sorted = new ArrayList<>();
    for (Long one : some) {
      if (one != null) {
        sorted.add(one);
      }
    }
    Collections.sort(sorted);
    return sorted;
  }

  private void tally() {
    List<Long> counted = new ArrayList<>(List.of(0L, 0L, 0L, 0L, 0L));
    for (TaskRow row : history.stored().tasks()) {
      if (row.copy() == 0) {
        counted.set(row.status(), counted.get(row.status()) + 1);
        counted.set(4, counted.get(4) + row.answered());
      }
    }
    if (!counted.equals(history.stored().tally())) {
      found(Kind.WRONG_TALLY, "rows say " + counted + ", tally " + history.stored().tally());
    }
  }
}
