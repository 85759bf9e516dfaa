package dev.signalbox.worker.ping;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Positions of a task that could not be sent to. Each is tried again after one second, then after
 * twice as long each time, and given up after {@link #MOST_ATTEMPTS}. Used by one thread.
 */
final class UnsentPositions {

  /** Attempts for one address: the last is about nine minutes after the first. */
  static final int MOST_ATTEMPTS = 10;

  private static final long FIRST_RETRY_NANOS = 1_000_000_000L;

  private record Entry(int position, int place, long sinceNanos, int attempts, long retryAtNanos) {}

  /** All of them by their place in the order, which is that of their first attempts too. */
  private final TreeMap<Integer, Entry> byPlace = new TreeMap<>();

  private final PriorityQueue<Entry> retries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::retryAtNanos));

  /** Positions that are being sent to again. */
  private final Map<Integer, Entry> trying = new HashMap<>();

  private boolean givenUp;

  boolean isEmpty() {
    return byPlace.isEmpty();
  }

  /** The lowest place in the order; only when not empty. */
  int lowestPlace() {
    return byPlace.firstKey();
  }

  /** When the first attempt for the oldest failed; only when not empty. */
  long oldestNanos() {
    return byPlace.firstEntry().getValue().sinceNanos;
  }

  /** Whether the attempts for some address are used up. */
  boolean hasGivenUp() {
    return givenUp;
  }

  /** A position whose next attempt is due; null for none. */
  @Nullable Integer poll(long nowNanos) {
    Entry first = retries.peek();
    if (first == null || nowNanos - first.retryAtNanos < 0) {
      return null;
    }
    retries.poll();
    trying.put(first.position, first);
    return first.position;
  }

  /**
   * An attempt failed.
   *
   * @param place place in the order of a position that was sent to for the first time
   * @param counts whether it counts as one of the address's attempts; one does not while nothing
   *     else can be sent either
   */
  void onFailure(int position, int place, long nowNanos, boolean counts) {
    Entry before = trying.remove(position);
    int attempts = (before == null ? 0 : before.attempts) + (counts || before == null ? 1 : 0);
    long retryAt = nowNanos + (FIRST_RETRY_NANOS << (attempts - 1));
    Entry entry =
        before == null
            ? new Entry(position, place, nowNanos, attempts, retryAt)
            : new Entry(position, before.place, before.sinceNanos, attempts, retryAt);
    byPlace.put(entry.place, entry);
    if (attempts < MOST_ATTEMPTS) {
      retries.add(entry);
    } else {
      givenUp = true;
    }
  }

  /** An attempt succeeded. */
  void onSent(int position) {
    Entry before = trying.remove(position);
    if (before != null) {
      byPlace.remove(before.place);
    }
  }

  /** Removes positions that are not to be sent to. */
  void removeIf(IntPredicate positions) {
    byPlace.values().removeIf(entry -> positions.test(entry.position));
    retries.removeIf(entry -> positions.test(entry.position));
    givenUp = byPlace.values().stream().anyMatch(entry -> entry.attempts >= MOST_ATTEMPTS);
  }

  void clear() {
    byPlace.clear();
    retries.clear();
    trying.clear();
    givenUp = false;
  }
}
