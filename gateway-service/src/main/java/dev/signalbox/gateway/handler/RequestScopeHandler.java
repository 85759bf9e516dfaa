package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.listener.DoorListener;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.Tracer;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/**
 * First of all: gives a request its id and its scope, the headers of every response, and has it
 * written down when it is over. Belongs to one event loop.
 */
public final class RequestScopeHandler implements Handler<RoutingContext>, DoorListener.Unroutable {

  private final Vertx vertx;
  private final ConnectionRegistry connections;
  private final Supplier<Cancellation> cancellations;
  private final Tracer tracer;
  private final AccessLog log;
  private final RequestMeters meters;
  private final RequestIds ids = new RequestIds();
  private final ResponseHeaders headers;

  /**
   * The handler of one event loop.
   *
   * @param worker node and event loop for the log
   * @param cancellations makes the cancellation of the calls of one request
   * @param tracer begins the spans of requests
   */
  public RequestScopeHandler(
      Vertx vertx,
      ConnectionRegistry connections,
      MeterRegistry registry,
      AccessLogForm form,
      String worker,
      Supplier<Cancellation> cancellations,
      Tracer tracer) {
    this.vertx = vertx;
    this.connections = connections;
    this.cancellations = cancellations;
    this.tracer = tracer;
    this.log = new AccessLog(form, worker);
    this.meters = new RequestMeters(registry);
    this.headers =
        new ResponseHeaders(
            Math.max(1, connections.settings().idle().toSeconds()),
            connections.settings().requestsPerConnection());
  }

  @Override
  public void handle(RoutingContext ctx) {
    enter(ctx);
    ctx.next();
  }

  /** The scope of a request, made if it failed before it had one. */
  RequestScope enter(RoutingContext ctx) {
    RequestScope known = RequestScope.find(ctx);
    if (known != null) {
      return known;
    }
    HttpServerRequest request = ctx.request();
    ClientConnection connection = connections.find(request.connection());
    if (connection == null) {
      throw new IllegalStateException("a request without a connection");
    }
    String requestId = ids.take(request.headers().get(ResponseHeaders.REQUEST_ID));
    RequestRecord record = RequestRecord.begin(tracer, log, meters, request, requestId);
    headers.begin(request.response().headers(), requestId);
    RequestScope scope =
        new RequestScope(
            vertx,
            request,
            connection,
            headers.keepAlive(),
            requestId,
            record.traceParent(),
            cancellations);
    scope.onEnd(() -> record.end(scope.route(), scope.bareStatus()));
    scope.enter(ctx);
    return scope;
  }

  @Override
  public String begin(HttpServerRequest request) {
    String requestId = ids.take(null);
    headers.begin(request.response().headers(), requestId);
    return requestId;
  }

  @Override
  public void end(HttpServerRequest request, String requestId, int bytes) {
    int status = request.response().getStatusCode();
    meters.record(null, status, 0);
    if (log.on()) {
      log.write(request, status, bytes, 0, requestId, null);
    }
  }
}
