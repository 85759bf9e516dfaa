package dev.signalbox.serverfactory.journal;

import dev.signalbox.contracts.serverfactory.ServerStatsReply.RouteStats;

/** What a route answered. Used from one event loop. */
public final class RouteCounters {

  // A server may have a thousand routes.
  private final LatencyRecorder latency = new LatencyRecorder(1);
  private long requests;

  /** Counts a request that matched. */
  public void matched() {
    requests++;
  }

  /** Counts the time of its response. */
  public void answered(long micros) {
    latency.record(micros);
  }

  /** How many requests matched. */
  public long requests() {
    return requests;
  }

  /** The counters at present. */
  public RouteStats stats(String label) {
    return new RouteStats(label, requests, latency.latency());
  }
}
