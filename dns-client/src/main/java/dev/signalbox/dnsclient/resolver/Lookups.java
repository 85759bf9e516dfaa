package dev.signalbox.dnsclient.resolver;

import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;

/** Answers questions, by queries or from a cache. Used from one event loop. */
@FunctionalInterface
public interface Lookups {

  /**
   * Answers a question.
   *
   * @param cancellation ends it as {@code CANCELLED}, with everything given back at once
   * @return fails only on a defect
   */
  Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation);
}
