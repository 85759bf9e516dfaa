package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Spans of calls and of handlers, in the terms that OpenTelemetry has for remote procedures. */
final class CallSpans {

  private CallSpans() {}

  static Span start(Tracer tracer, SpanKind kind, Operation<?, ?> operation, Call call) {
    String address = operation.address();
    // The address of one node's own is of too many different values for a name.
    int at = address.indexOf('@');
    String name = at < 0 ? address : address.substring(0, at);
    Span span = Spans.start(tracer, kind, name, call.trace());
    if (span.isRecording()) {
      int dot = name.indexOf('.');
      span.setAttribute("rpc.system", "signalbox");
      span.setAttribute("rpc.service", name.substring(0, Math.max(0, dot)));
      span.setAttribute("rpc.method", name.substring(dot + 1));
      span.setAttribute("signalbox.request.id", call.requestId());
      if (at >= 0) {
        span.setAttribute("server.address", address.substring(at + 1));
      }
    }
    return span;
  }

  static <R> Future<R> ending(Span span, Future<R> work) {
    return span.isRecording() ? work.onComplete(done -> end(span, done.cause())) : work;
  }

  private static void end(Span span, @Nullable Throwable failure) {
    if (failure == null) {
      span.end();
      return;
    }
    Spans.fail(span, failure);
  }

  /** A handler whose work is a span, and whose own calls belong to it. */
  static <Q, R> OperationHandler<Q, R> around(
      Tracer tracer, Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return (request, call) -> {
      Span span = start(tracer, SpanKind.SERVER, operation, call);
      return ending(
          span, Carrier.invoke(handler, request, call.traced(TraceContext.below(tracer, span))));
    };
  }
}
