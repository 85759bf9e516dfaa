package dev.signalbox.dnsclient.cache;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** The cache and the pending queries of all event loops that share them. */
public final class SharedAnswers {

  /**
   * How much and how long to keep.
   *
   * @param bytes of all answers together, roughly
   * @param longest for which an answer is kept, whatever its TTL
   * @param longestNegative the same for answers that say there is nothing (RFC 2308 section 5)
   */
  public record Limits(long bytes, Duration longest, Duration longestNegative) {}

  private final AnswerCache cache;
  private final ConcurrentMap<CacheKey, PendingQuery> pendingQueries = new ConcurrentHashMap<>();

  /**
   * No answers yet.
   *
   * @param nanoClock by which answers grow old
   * @param client names them in metrics
   */
  public SharedAnswers(
      Limits limits, LongSupplier nanoClock, MeterRegistry metrics, String client) {
    this.cache = new AnswerCache(limits, nanoClock, metrics, client);
  }

  AnswerCache cache() {
    return cache;
  }

  ConcurrentMap<CacheKey, PendingQuery> pendingQueries() {
    return pendingQueries;
  }

  /** Forgets everything kept. */
  public void close() {
    cache.close();
  }
}
