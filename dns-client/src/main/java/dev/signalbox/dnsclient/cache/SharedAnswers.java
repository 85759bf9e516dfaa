package dev.signalbox.dnsclient.cache;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** Answers kept and questions under way, of all event loops that share them. */
public final class SharedAnswers {

  private final AnswerCache cache;
  private final ConcurrentMap<CacheKey, Flight> flights = new ConcurrentHashMap<>();

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

  ConcurrentMap<CacheKey, Flight> flights() {
    return flights;
  }

  /** Forgets everything kept. */
  public void close() {
    cache.close();
  }
}
