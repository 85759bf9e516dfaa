package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.platform.trace.Span;
import dev.signalbox.platform.trace.TraceParent;
import dev.signalbox.platform.trace.Tracer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** What is written down of a request: meters, a line of the log, a span. */
final class RequestRecord {

  // Never sent: what nginx writes into its log for a client that left before its answer.
  private static final int CLIENT_LEFT = 499;

  private final AccessLog log;
  private final RequestMeters meters;
  private final HttpServerRequest request;
  private final String requestId;
  private final Span span;
  private final long startedNanos = System.nanoTime();

  private RequestRecord(
      AccessLog log, RequestMeters meters, HttpServerRequest request, String requestId, Span span) {
    this.log = log;
    this.meters = meters;
    this.request = request;
    this.requestId = requestId;
    this.span = span;
  }

  static RequestRecord begin(
      Tracer tracer,
      AccessLog log,
      RequestMeters meters,
      HttpServerRequest request,
      String requestId) {
    Span span = tracer.on() ? RequestSpan.start(tracer, request, requestId) : Span.NONE;
    return new RequestRecord(log, meters, request, requestId, span);
  }

  /** W3C trace parent for what is done for the request; null when it is not traced. */
  @Nullable String traceParent() {
    return span.traceParent();
  }

  /**
   * The request is over.
   *
   * @param bareStatus status of a response without HTTP; 0 when there was none
   */
  void end(@Nullable MountedRoute route, int bareStatus) {
    HttpServerResponse response = request.response();
    long nanos = System.nanoTime() - startedNanos;
    int status =
        bareStatus > 0
            ? bareStatus
            : response.headWritten() ? response.getStatusCode() : CLIENT_LEFT;
    meters.record(route, status, nanos);
    if (span.recording()) {
      RequestSpan.end(span, request, route, status, response.ended() || bareStatus > 0);
    }
    if (log.on()) {
      String trace = TraceParent.traceId(span.traceParent());
      log.write(request, status, response.bytesWritten(), nanos, requestId, trace);
    }
  }
}
