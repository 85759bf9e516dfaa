package dev.signalbox.gateway.door;

import dev.signalbox.gateway.route.Route;
import dev.signalbox.platform.trace.Span;
import dev.signalbox.platform.trace.TraceParent;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** What is written down of a request: meters, a line of the log, a span. */
final class RequestRecord {

  // Never sent: what nginx writes into its log for a client that left before its answer.
  private static final int CLIENT_LEFT = 499;

  private final Front front;
  private final HttpServerRequest request;
  private final String requestId;
  private final Span span;
  private final long startedNanos = System.nanoTime();

  private RequestRecord(Front front, HttpServerRequest request, String requestId, Span span) {
    this.front = front;
    this.request = request;
    this.requestId = requestId;
    this.span = span;
  }

  static RequestRecord begin(Front front, HttpServerRequest request, String requestId) {
    Span span = front.tracer.on() ? RequestSpan.start(front.tracer, request, requestId) : Span.NONE;
    return new RequestRecord(front, request, requestId, span);
  }

  /** W3C trace parent for what is done for the request; null when it is not traced. */
  @Nullable String traceParent() {
    return span.traceParent();
  }

  /** What names the request in the log. */
  String label() {
    return TraceParent.label(requestId, span.traceParent());
  }

  /** The request is over. */
  void end(@Nullable Route route) {
    HttpServerResponse response = request.response();
    long nanos = System.nanoTime() - startedNanos;
    int status = response.headWritten() ? response.getStatusCode() : CLIENT_LEFT;
    front.meters.record(route, status, nanos);
    if (span.recording()) {
      RequestSpan.end(span, request, route, status, response.ended());
    }
    if (front.log.on()) {
      String trace = TraceParent.traceId(span.traceParent());
      front.log.write(request, status, response.bytesWritten(), nanos, requestId, trace);
    }
  }
}
