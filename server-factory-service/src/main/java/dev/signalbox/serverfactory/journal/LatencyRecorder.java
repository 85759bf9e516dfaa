package dev.signalbox.serverfactory.journal;

import dev.signalbox.contracts.serverfactory.ServerStatsReply.Latency;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Latencies of responses. Takes no memory before the first; used from one thread. */
final class LatencyRecorder {

  private static final Latency NONE = new Latency(0, 0, 0, 0);

  private final int digits;
  private @Nullable Histogram histogram;

  /**
   * A recorder without latencies.
   *
   * @param digits of a percentile that are right: each takes ten times the memory
   */
  LatencyRecorder(int digits) {
    this.digits = digits;
  }

  void record(long micros) {
    Histogram recording = histogram;
    if (recording == null) {
      recording = new Histogram(digits);
      recording.setAutoResize(true);
      histogram = recording;
    }
    recording.recordValue(micros);
  }

  Latency latency() {
    Histogram recorded = histogram;
    return recorded == null
        ? NONE
        : new Latency(
            recorded.getValueAtPercentile(50),
            recorded.getValueAtPercentile(90),
            recorded.getValueAtPercentile(99),
            recorded.getMaxValue());
  }
}
