package dev.signalbox.platform.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/**
 * W3C trace parents: the text by which a request and a call say which trace and which span they
 * belong to.
 */
public final class TraceParent {

  /** The header field that carries one. */
  public static final String FIELD = "traceparent";

  private TraceParent() {}

  /**
   * The span that a trace parent names; null unless it is well-formed, which the sender decides.
   */
  public static @Nullable SpanContext parse(@Nullable String text) {
    // Untraced work must not load OpenTelemetry's classes for this.
    SpanContext named = text == null ? null : Format.read(text);
    return named == null || !named.isValid() ? null : named;
  }

  /** The trace parent for the work below a span; null when there is no trace. */
  public static @Nullable String of(Span span) {
    return span.getSpanContext().isValid() ? Format.write(span) : null;
  }

  /** What names a request in a log: its id, and the trace's id behind it when there is one. */
  public static String label(String requestId, @Nullable String traceParent) {
    SpanContext named = parse(traceParent);
    return named == null ? requestId : requestId + " trace " + named.getTraceId();
  }

  private static final class Format {

    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<String> FIELD_ALONE =
        (text, key) -> key.equals(FIELD) ? text : null;

    static SpanContext read(String text) {
      return Span.fromContext(W3C.extract(Context.root(), text, FIELD_ALONE)).getSpanContext();
    }

    static @Nullable String write(Span span) {
      @Nullable String[] field = new String[1];
      W3C.inject(
          Context.root().with(span),
          field,
          (to, key, value) -> {
            if (to != null && key.equals(FIELD)) {
              to[0] = value;
            }
          });
      return field[0];
    }
  }
}
