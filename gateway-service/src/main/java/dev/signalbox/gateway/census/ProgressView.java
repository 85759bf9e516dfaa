package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ping.GetProgressReply;
import org.jspecify.annotations.Nullable;

/** How far the census is, as clients see it. */
record ProgressView(
    double progress,
    int totalTasks,
    int availableTasks,
    int inProgressTasks,
    int doneTasks,
    int errorTasks,
    long answeredAddresses,
    int doneLastMinute,
    int doneLastHour,
    @Nullable Long etaS,
    int round,
    int checks) {

  private static final long HOUR_MS = 3_600_000;

  static ProgressView of(GetProgressReply counts) {
    return new ProgressView(
        ClassicCensusRoutes.percent(counts),
        counts.total(),
        counts.available(),
        counts.inProgress(),
        counts.done(),
        counts.error(),
        counts.answered(),
        counts.donePerMinute(),
        counts.donePerHour(),
        eta(counts),
        counts.round(),
        counts.checks());
  }

  /**
   * Seconds left at the rate of the last hour, or since the first result within it; null without
   * one.
   */
  static @Nullable Long eta(GetProgressReply counts) {
    long left = (long) counts.total() - counts.done();
    if (left == 0) {
      return 0L;
    }
    if (counts.donePerHour() == 0) {
      return null;
    }
    // Replicas of an earlier version tell no time.
    long paceMs = counts.paceMs() == 0 ? HOUR_MS : counts.paceMs();
    return left * paceMs / counts.donePerHour() / 1_000;
  }
}
