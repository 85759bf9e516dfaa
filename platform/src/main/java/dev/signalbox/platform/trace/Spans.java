package dev.signalbox.platform.trace;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends spans. Nothing is bound to a thread: the parent is always handed on with the
 * request.
 */
public final class Spans {

  private Spans() {}

  /**
   * Begins a span. Below a span that is not sampled there is none of its own, and the trace parent
   * goes on with the ids that it came with, without flags.
   *
   * @param kind which side of an exchange it stands for
   * @param name of few different values, such as an operation's address
   * @param parent of the work it belongs to; when null or not well-formed, a trace of its own
   *     begins
   */
  public static Span start(
      Tracer tracer, SpanKind kind, String name, @Nullable TraceContext parent) {
    SpanContext above = parent == null ? null : parent.spanContext();
    if (above != null && !above.isSampled()) {
      return Span.wrap(
          SpanContext.createFromRemoteParent(
              above.getTraceId(),
              above.getSpanId(),
              TraceFlags.getDefault(), // Flags that are not known are sent as zeros.
              above.getTraceState()));
    }
    // Never the thread's context: on an event loop that may belong to another request.
    Context context = above == null ? Context.root() : Context.root().with(Span.wrap(above));
    return tracer.spanBuilder(name).setSpanKind(kind).setParent(context).startSpan();
  }

  /** Ends a span as failed by an error; one of the caller, such as its leaving, is no defect. */
  public static void fail(Span span, Throwable failure) {
    ErrorCode code = failure instanceof ServiceException known ? known.code() : ErrorCode.INTERNAL;
    fail(
        span,
        code.name(),
        switch (code.kind()) {
          case CALLER, NOT_FOUND, CONFLICT -> false;
          case OVERLOADED, UNAVAILABLE, TIMEOUT, INTERNAL -> true;
        });
  }

  /**
   * Ends a span as failed.
   *
   * @param type short name of what went wrong, of few different values
   * @param defect whether the work itself failed, rather than having been asked for wrongly
   */
  public static void fail(Span span, String type, boolean defect) {
    span.setAttribute("error.type", type);
    if (defect) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
