package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Who has contributed how much.
 *
 * @param name as they write it
 * @param team null for none
 * @param listed whether they are on the leaderboard
 * @param rank from 1, of those on the leaderboard; null when not on it
 * @param tasks tasks done over all rounds
 * @param addresses addresses pinged over all rounds: their credit
 * @param agreed how many of their results others confirmed
 * @param disagreed how many others refuted
 * @param standing what follows from that
 * @param streakDays consecutive days with results, up to today or yesterday (UTC)
 * @param firstSeenEpochMs milliseconds since 1970-01-01 UTC
 * @param lastSeenEpochMs milliseconds since 1970-01-01 UTC
 */
public record Contributor(
    String name,
    @Nullable String team,
    boolean listed,
    @Nullable Integer rank,
    int tasks,
    long addresses,
    int agreed,
    int disagreed,
    Standing standing,
    int streakDays,
    long firstSeenEpochMs,
    long lastSeenEpochMs) {

  /** How far results are believed, which says how many are given out a second time. */
  public enum Standing {
    /** Fewer than ten results were compared: half of them are. */
    NEWCOMER,
    /** The usual share is compared. */
    KNOWN,
    /** At least fifty agreed and hardly any did not: few are compared. */
    PROVEN,
    /** More than one in five did not agree: all are compared. */
    DOUBTED
  }
}
