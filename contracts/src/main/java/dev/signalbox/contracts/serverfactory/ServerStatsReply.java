package dev.signalbox.contracts.serverfactory;

import java.util.List;
import java.util.Map;

/**
 * Counters of a server since its present owner listens.
 *
 * @param sinceEpochMs since when, milliseconds since 1970-01-01 UTC
 * @param requests received
 * @param matched of them by a route or the page
 * @param inFlight being answered now
 * @param connections open now
 * @param statuses responses by status; 0 stands for faults without one
 * @param faults played, by name
 * @param receivedBytes of bodies of requests
 * @param sentBytes of bodies of responses
 * @param latency of all responses, delays included
 * @param routes of each route, in their order
 * @param scenarios the present state of each scenario, by name
 */
public record ServerStatsReply(
    long sinceEpochMs,
    long requests,
    long matched,
    int inFlight,
    int connections,
    Map<Integer, Long> statuses,
    Map<String, Long> faults,
    long receivedBytes,
    long sentBytes,
    Latency latency,
    List<RouteStats> routes,
    Map<String, String> scenarios) {

  /** Times in microseconds; 0 when there were none. */
  public record Latency(long p50Micros, long p90Micros, long p99Micros, long maxMicros) {}

  /**
   * Counters of a route.
   *
   * @param route its name or number
   * @param requests it matched
   * @param latency of its responses
   */
  public record RouteStats(String route, long requests, Latency latency) {}
}
