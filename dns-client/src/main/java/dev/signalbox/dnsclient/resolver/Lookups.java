package dev.signalbox.dnsclient.resolver;

import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

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

  /**
   * The same for questions that are part of a trace. Each query sent for them is a span; what comes
   * from the cache or from another one's query is none.
   *
   * @param trace null when nothing is traced
   */
  default Lookups traced(@Nullable TraceContext trace) {
    return trace == null
        ? this
        : (request, cancellation) -> lookup(request.traced(trace), cancellation);
  }
}
