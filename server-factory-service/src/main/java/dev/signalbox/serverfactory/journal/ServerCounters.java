package dev.signalbox.serverfactory.journal;

import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.contracts.serverfactory.ServerStatsReply.RouteStats;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a server received and answered. Used from one event loop. */
public final class ServerCounters {

  private static final int STATUSES = 600;

  private final long sinceEpochMs;
  private final ServerMeters meters;
  private final long[] statuses = new long[STATUSES];
  private final Map<String, Long> faults = new TreeMap<>();
  private final LatencyRecorder latency = new LatencyRecorder(2);
  private long requests;
  private long matched;
  private long received;
  private long sent;
  private int inFlight;

  /**
   * Counters at zero.
   *
   * @param meters count too
   */
  public ServerCounters(long sinceEpochMs, ServerMeters meters) {
    this.sinceEpochMs = sinceEpochMs;
    this.meters = meters;
  }

  /** A request came in. */
  public void began() {
    requests++;
    inFlight++;
    meters.began();
  }

  /** Requests that are being answered. */
  public int inFlight() {
    return inFlight;
  }

  /**
   * A request was answered, or is not any more.
   *
   * @param status 0 for none
   * @param fault null for none
   */
  public void ended(
      boolean byRoute, int status, @Nullable String fault, long in, long out, long micros) {
    inFlight--;
    if (byRoute) {
      matched++;
    }
    if (status >= 0 && status < STATUSES) {
      statuses[status]++;
    }
    if (fault != null) {
      faults.merge(fault, 1L, Long::sum);
    }
    received += in;
    sent += out;
    latency.record(micros);
    meters.ended(byRoute, status, fault != null, micros);
  }

  /** The counters at present. */
  public ServerStatsReply stats(
      int connections, List<RouteStats> routes, Map<String, String> scenarios) {
    Map<Integer, Long> counted = new TreeMap<>();
    for (int status = 0; status < STATUSES; status++) {
      if (statuses[status] > 0) {
        counted.put(status, statuses[status]);
      }
    }
    return new ServerStatsReply(
        sinceEpochMs,
        requests,
        matched,
        inFlight,
        connections,
        counted,
        new TreeMap<>(faults),
        received,
        sent,
        latency.latency(),
        routes,
        scenarios);
  }
}
