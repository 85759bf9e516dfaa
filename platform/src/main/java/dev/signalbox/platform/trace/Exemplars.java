package dev.signalbox.platform.trace;

import io.micrometer.core.instrument.Timer;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives the buckets of timers the trace of a request that fell into them. The library asks for the
 * span of the thread; on an event loop there is none, so it is set for the moment of recording.
 */
public final class Exemplars implements SpanContext {

  private static final ThreadLocal<@Nullable TraceContext> RECORDED = new ThreadLocal<>();

  /** What a registry of a process that traces is given. */
  public Exemplars() {}

  /**
   * Records a duration.
   *
   * @param trace of what took so long; null when not traced
   */
  public static void record(Timer timer, long nanos, @Nullable TraceContext trace) {
    if (trace == null || !trace.sampled()) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
      return;
    }
    RECORDED.set(trace);
    try {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    } finally {
      RECORDED.remove();
    }
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    io.opentelemetry.api.trace.SpanContext named = named();
    return named == null ? null : named.getTraceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    io.opentelemetry.api.trace.SpanContext named = named();
    return named == null ? null : named.getSpanId();
  }

  private static io.opentelemetry.api.trace.@Nullable SpanContext named() {
    TraceContext trace = RECORDED.get();
    return trace == null ? null : trace.spanContext();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return RECORDED.get() != null;
  }

  @Override
  public void markCurrentSpanAsExemplar() {}
}
