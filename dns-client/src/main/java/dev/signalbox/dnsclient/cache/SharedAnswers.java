package dev.signalbox.dnsclient.cache;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** The cache and the pending queries of all event loops that share them. */
public final class SharedAnswers {

  private final AnswerCache cache;
  private final ConcurrentMap<CacheKey, PendingQuery> pendingQueries = new ConcurrentHashMap<>();

  /**
   * No answers yet.
   *
   * @param nanoClock by which answers grow old
   * @param client names them in metrics
   */
  public SharedAnswers(
      CacheLimits limits, LongSupplier nanoClock, MeterRegistry metrics, String client) {
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
