package dev.signalbox.platform.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The spans of one service. */
record OtlpTracer(io.opentelemetry.api.trace.Tracer tracer) implements Tracer {

  @Override
  public boolean on() {
    return true;
  }

  @Override
  public Span start(Span.Kind kind, String name, @Nullable String parent) {
    TraceParent above = TraceParent.parse(parent);
    if (above != null && !above.sampled()) {
      return new UnsampledSpan(above.toString());
    }
    var span =
        tracer
            .spanBuilder(name)
            .setSpanKind(kind == Span.Kind.SERVER ? SpanKind.SERVER : SpanKind.CLIENT)
            // Never the thread's: on an event loop that may belong to another request.
            .setParent(above == null ? Context.root() : context(above))
            .startSpan();
    SpanContext context = span.getSpanContext();
    String below =
        new TraceParent(context.getTraceId(), context.getSpanId(), context.isSampled()).toString();
    return span.isRecording() ? new OtlpSpan(span, below) : new UnsampledSpan(below);
  }

  private static Context context(TraceParent above) {
    return Context.root()
        .with(
            io.opentelemetry.api.trace.Span.wrap(
                SpanContext.createFromRemoteParent(
                    above.traceId(),
                    above.spanId(),
                    TraceFlags.getSampled(),
                    TraceState.getDefault())));
  }
}
