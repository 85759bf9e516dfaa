package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.events.ServerSentEvent;
import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.platform.service.ServiceLoad;
import dev.signalbox.platform.trace.Exemplars;
import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Records one request: a timer, lines of the access log and the audit log, a span. */
final class RequestRecord {

  // Never sent: nginx's log status for a client that disconnected before the response.
  private static final int CLIENT_DISCONNECTED = 499;

  private static final int SERVER_FAULT = 500;

  private final Recorder recorder;
  private final HttpServerRequest request;
  private final String requestId;
  private final @Nullable Span span;
  private final @Nullable TraceContext trace;
  private final long startedNanos = System.nanoTime();

  private RequestRecord(
      Recorder recorder, HttpServerRequest request, String requestId, @Nullable Span span) {
    this.recorder = recorder;
    this.request = request;
    this.requestId = requestId;
    this.span = span;
    this.trace =
        span == null || recorder.tracer == null ? null : TraceContext.below(recorder.tracer, span);
  }

  /** What the request's calls are part of; null when not traced. */
  @Nullable TraceContext trace() {
    return trace;
  }

  /** Records the end of the request. */
  void end(RequestScope scope) {
    MountedRoute route = scope.route();
    int bareStatus = scope.bareStatus();
    HttpServerResponse response = request.response();
    long nanos = System.nanoTime() - startedNanos;
    int status =
        bareStatus > 0
            ? bareStatus
            : response.headWritten() ? response.getStatusCode() : CLIENT_DISCONNECTED;
    recorder.time(route, status, nanos, trace);
    recorder.audit.record(request, scope, status);
    if (!lasting(route)) {
      recorder.load.ended(nanos, status >= SERVER_FAULT);
    }
    if (span != null && span.isRecording()) {
      endSpan(span, scope.client(), route, status, response.ended() || bareStatus > 0);
    }
    if (recorder.log.enabled()) {
      String trace = span == null ? null : span.getSpanContext().getTraceId();
      recorder.log.write(
          request, scope.client(), status, response.bytesWritten(), nanos, requestId, trace);
    }
  }

  /** Whether it is for the client to say how long the request lasts. */
  private boolean lasting(@Nullable MountedRoute route) {
    return route != null
        && (route.rules().body() instanceof RouteRules.BodyRule.Endless
            || ServerSentEvent.MEDIA_TYPE.contentEquals(
                String.valueOf(request.response().headers().get(HttpHeaders.CONTENT_TYPE))));
  }

  /**
   * Starts the span, with OpenTelemetry's attributes for HTTP servers. They omit the query, which
   * may contain private data.
   */
  private static Span startSpan(Tracer tracer, HttpServerRequest request, String requestId) {
    // The route is not known yet, and the client may send any word as the method.
    Span span =
        Spans.start(
            tracer,
            SpanKind.SERVER,
            "HTTP",
            TraceContext.received(
                request.headers().get(TraceContext.PARENT),
                request.headers().getAll(TraceContext.STATE)));
    if (span.isRecording()) {
      span.setAttribute("signalbox.request.id", requestId);
    }
    return span;
  }

  private void endSpan(
      Span span, ClientAddress client, @Nullable MountedRoute route, int status, boolean whole) {
    String method = request.method().name();
    if (route == null) {
      // Without a route the method may be any word, which would make the span name unbounded.
      span.setAttribute("http.request.method", "_OTHER");
      span.setAttribute("http.request.method_original", method);
    } else {
      span.updateName(method + " " + route.template());
      span.setAttribute("http.request.method", method);
      span.setAttribute("http.route", route.template());
    }
    String path = request.path();
    span.setAttribute("url.path", path == null ? "/" : path);
    span.setAttribute("url.scheme", client.secure() ? "https" : "http");
    span.setAttribute(
        "network.protocol.version",
        switch (request.version()) {
          case HttpVersion.HTTP_1_0 -> "1.0";
          case HttpVersion.HTTP_1_1 -> "1.1";
          case HttpVersion.HTTP_2 -> "2";
        });
    HostAndPort authority = request.authority();
    if (authority != null) {
      span.setAttribute("server.address", authority.host());
      if (authority.port() > 0) {
        span.setAttribute("server.port", authority.port());
      }
    }
    String address = client.host();
    if (address != null) {
      span.setAttribute("client.address", address);
    }
    if (!whole) {
      // The client disconnected before the end of the response.
      Spans.fail(span, "client_left", false);
      return;
    }
    span.setAttribute("http.response.status_code", status);
    if (status >= SERVER_FAULT) {
      Spans.fail(span, Integer.toString(status), true);
    } else {
      span.end();
    }
  }

  /**
   * Creates the records of one event loop. Caches timers, to keep tag look-ups off the hot path.
   */
  static final class Recorder {

    private static final int CLASSES = 6;

    private final MeterRegistry registry;
    private final ServiceLoad load;
    private final AccessLog log;
    private final AuditTrail audit;
    private final @Nullable Tracer tracer;
    private final IdentityHashMap<MountedRoute, @Nullable Timer[]> timers = new IdentityHashMap<>();
    private final @Nullable Timer[] unrouted = new Timer[CLASSES];

    Recorder(
        MeterRegistry registry,
        ServiceLoad load,
        AccessLog log,
        AuditTrail audit,
        @Nullable Tracer tracer) {
      this.registry = registry;
      this.load = load;
      this.log = log;
      this.audit = audit;
      this.tracer = tracer;
    }

    RequestRecord begin(HttpServerRequest request, String requestId) {
      Span span = tracer == null ? null : startSpan(tracer, request, requestId);
      return new RequestRecord(this, request, requestId, span);
    }

    /** Records a request that reached no router. */
    void unroutable(HttpServerRequest request, ClientAddress client, String requestId, int bytes) {
      int status = request.response().getStatusCode();
      time(null, status, 0, null);
      load.ended(0, status >= SERVER_FAULT);
      if (log.enabled()) {
        log.write(request, client, status, bytes, 0, requestId, null);
      }
    }

    private void time(
        @Nullable MountedRoute route, int status, long nanos, @Nullable TraceContext trace) {
      @Nullable Timer[] classes =
          route == null ? unrouted : timers.computeIfAbsent(route, _ -> new Timer[CLASSES]);
      int index = Math.min(CLASSES - 1, Math.max(0, status / 100));
      Timer timer = classes[index];
      if (timer == null) {
        timer =
            Timer.builder("signalbox.gateway.requests")
                .description("Time to answer HTTP requests, by route and class of status")
                .tag("method", route == null ? "other" : route.methods().getFirst().name())
                .tag("route", route == null ? "none" : route.template())
                .tag("status", index + "xx")
                .register(registry);
        classes[index] = timer;
      }
      Exemplars.record(timer, nanos, trace);
    }
  }
}
