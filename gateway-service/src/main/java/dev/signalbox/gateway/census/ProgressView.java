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

  /** Seconds left at the rate of the last hour; null when that rate is 0. */
  static @Nullable Long eta(GetProgressReply counts) {
    long left = (long) counts.total() - counts.done();
    if (left == 0) {
      return 0L;
    }
    return counts.donePerHour() == 0 ? null : left * 3_600 / counts.donePerHour();
  }
}
