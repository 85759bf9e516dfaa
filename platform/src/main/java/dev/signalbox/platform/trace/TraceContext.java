package dev.signalbox.platform.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The span that work belongs to, as it is handed on with a request: inside a process as the span
 * itself, between processes as W3C {@code traceparent} and {@code tracestate}. Never bound to a
 * thread.
 */
public final class TraceContext {

  /** The header field that names trace and span. */
  public static final String PARENT = "traceparent";

  /** The header field that others who take part in a trace add to. */
  public static final String STATE = "tracestate";

  /** As much as the standard asks to be passed on; what is longer is dropped. */
  private static final int MAX_STATE = 512;

  private @Nullable String parent;
  private final @Nullable String state;
  private @Nullable SpanContext named;
  private final @Nullable Tracer tracer;

  private TraceContext(
      @Nullable String parent,
      @Nullable String state,
      @Nullable SpanContext named,
      @Nullable Tracer tracer) {
    this.parent = parent;
    this.state = state;
    this.named = named;
    this.tracer = tracer;
  }

  /**
   * The context that a caller named. Nothing is read before it is needed, so that a process that
   * does not trace passes it on without OpenTelemetry.
   *
   * @param parent the field {@link #PARENT}; null or empty for none
   * @param state the lines of the field {@link #STATE}, in order
   */
  public static @Nullable TraceContext received(@Nullable String parent, List<String> state) {
    return received(parent, state.size() == 1 ? state.getFirst() : String.join(",", state));
  }

  /**
   * The context that another process handed on.
   *
   * @param state the field {@link #STATE}; empty for none
   */
  public static @Nullable TraceContext received(@Nullable String parent, String state) {
    if (parent == null || parent.isEmpty()) {
      return null;
    }
    boolean kept = !state.isEmpty() && state.length() <= MAX_STATE;
    return new TraceContext(parent, kept ? state : null, null, null);
  }

  /**
   * The context of the work below a span.
   *
   * @param tracer of the service that does the work
   * @return null when there is no trace
   */
  public static @Nullable TraceContext below(Tracer tracer, Span span) {
    SpanContext of = span.getSpanContext();
    return of.isValid()
        ? new TraceContext(null, null, of, span.isRecording() ? tracer : null)
        : null;
  }

  /**
   * Begins a span of what the service asks of somebody else.
   *
   * @param above what it is part of; null when nothing is traced
   * @param name of few different values
   * @return null when it is not traced or not kept
   */
  public static @Nullable Span client(@Nullable TraceContext above, String name) {
    // The kind is named here: where nothing is traced, that would load a class of OpenTelemetry.
    return above == null || above.tracer == null
        ? null
        : Spans.start(above.tracer, SpanKind.CLIENT, name, above);
  }

  /** As {@link #client}, of the service's own work. */
  public static @Nullable Span internal(@Nullable TraceContext above, String name) {
    return above == null || above.tracer == null
        ? null
        : Spans.start(above.tracer, SpanKind.INTERNAL, name, above);
  }

  /** The same for work below a span that one of these began; null when that is. */
  public static @Nullable TraceContext below(@Nullable TraceContext above, @Nullable Span span) {
    return above == null || above.tracer == null || span == null
        ? above
        : below(above.tracer, span);
  }

  /** The span; null unless what was received is well-formed, which its sender decides. */
  @Nullable SpanContext spanContext() {
    SpanContext known = named;
    if (known == null && parent != null) {
      known = Format.read(this);
      named = known; // Of one request, so at worst two threads read the same text.
    }
    return known == null || !known.isValid() ? null : known;
  }

  /** Whether the trace is kept. */
  public boolean sampled() {
    SpanContext known = spanContext();
    return known != null && known.isSampled();
  }

  /** The field {@link #PARENT} for a process that is asked next. */
  public String parent() {
    String text = parent;
    if (text == null) {
      SpanContext known = named;
      text = known == null ? "" : Format.write(known, PARENT);
      parent = text;
    }
    return text;
  }

  /** The field {@link #STATE} for a process that is asked next; empty when there is none. */
  public String state() {
    SpanContext known = named;
    if (known == null) {
      return state == null ? "" : state;
    }
    return known.getTraceState().isEmpty() ? "" : Format.write(known, STATE);
  }

  /** What names a request in a log: its id, and the trace's id behind it when there is one. */
  public static String label(String requestId, @Nullable TraceContext trace) {
    SpanContext named = trace == null ? null : trace.spanContext();
    return named == null ? requestId : requestId + " trace " + named.getTraceId();
  }

  /** Loaded by traced work alone, for it loads OpenTelemetry. */
  private static final class Format {

    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<TraceContext> FIELDS =
        (from, key) ->
            from == null
                ? null
                : switch (key) {
                  case PARENT -> from.parent;
                  case STATE -> from.state;
                  default -> null;
                };

    static SpanContext read(TraceContext text) {
      return Span.fromContext(W3C.extract(Context.root(), text, FIELDS)).getSpanContext();
    }

    static String write(SpanContext named, String field) {
      String[] text = {""};
      W3C.inject(
          Context.root().with(Span.wrap(named)),
          text,
          (to, key, value) -> {
            if (to != null && key.equals(field)) {
              to[0] = value;
            }
          });
      return text[0];
    }
  }
}
