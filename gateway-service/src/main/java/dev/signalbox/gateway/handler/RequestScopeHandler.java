package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.audit.AuditLog;
import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.listener.DoorListener;
import dev.signalbox.gateway.routing.HttpDates;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.service.ServiceLoad;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of every request: sets its id, its scope and the headers of every response, and
 * records the request when it ends. Belongs to one event loop.
 */
public final class RequestScopeHandler implements Handler<RoutingContext>, DoorListener.Unroutable {

  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
  private static final CharSequence SERVER = HttpHeaders.createOptimized("signalbox");
  private static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");

  /** A request id enters logs and other services, so it must not break a line or a header. */
  private static final Pattern WELL_FORMED_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private final ConnectionRegistry connections;
  private final TrustedProxies proxies;
  private final Supplier<Cancellation> cancellations;
  private final RequestRecord.Recorder recorder;
  private final UnreadBodies unreadBodies;
  private final CharSequence keepAlive;
  private final String idPrefix =
      HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + "-";
  private long idCount;
  private long dateSecond = -1;
  private CharSequence date = "";

  /**
   * The handler of one event loop.
   *
   * @param proxies those that may name their clients
   * @param load counts requests that have ended
   * @param requestLog whether each request is logged
   * @param worker node and event loop, for the log
   * @param cancellations creates the cancellation of a request's calls
   * @param audit records calls that change something; null for none
   * @param unreadBodies the memory of responses that clients have not read
   */
  public RequestScopeHandler(
      ConnectionRegistry connections,
      TrustedProxies proxies,
      MeterRegistry registry,
      ServiceLoad load,
      boolean requestLog,
      String worker,
      Supplier<Cancellation> cancellations,
      @Nullable AuditLog audit,
      UnreadBodies unreadBodies,
      @Nullable Tracer tracer) {
    this.connections = connections;
    this.proxies = proxies;
    this.unreadBodies = unreadBodies;
    this.cancellations = cancellations;
    this.recorder =
        new RequestRecord.Recorder(
            registry, load, new AccessLog(requestLog, worker), new AuditTrail(audit), tracer);
    ConnectionRegistry.Settings settings = connections.settings();
    this.keepAlive =
        HttpHeaders.createOptimized(
            "timeout="
                + Math.max(1, settings.idle().toSeconds())
                + ", max="
                + settings.requestsPerConnection());
  }

  @Override
  public void handle(RoutingContext ctx) {
    scope(ctx);
    ctx.next();
  }

  /** The scope of a request, created if the request failed before it had one. */
  RequestScope scope(RoutingContext ctx) {
    RequestScope known = RequestScope.find(ctx);
    if (known != null) {
      return known;
    }
    HttpServerRequest request = ctx.request();
    ClientConnection connection = connections.find(request.connection());
    if (connection == null) {
      throw new IllegalStateException("the request has no connection");
    }
    String requestId = requestId(request.headers().get(REQUEST_ID));
    RequestRecord record = recorder.begin(request, requestId);
    setHeaders(request.response().headers(), requestId);
    RequestScope scope =
        new RequestScope(
            ctx,
            connection,
            proxies.clientOf(request, connection.fieldsCount()),
            keepAlive,
            requestId,
            record.trace(),
            cancellations,
            unreadBodies);
    scope.onEnd(() -> record.end(scope));
    return scope;
  }

  @Override
  public String begin(HttpServerRequest request) {
    String requestId = requestId(null);
    setHeaders(request.response().headers(), requestId);
    return requestId;
  }

  @Override
  public void end(HttpServerRequest request, String requestId, int bytes) {
    ClientConnection connection = connections.find(request.connection());
    boolean fieldsCount = connection != null && connection.fieldsCount();
    recorder.unroutable(request, proxies.clientOf(request, fieldsCount), requestId, bytes);
  }

  private String requestId(@Nullable String offered) {
    return offered != null && WELL_FORMED_ID.matcher(offered).matches()
        ? offered
        : idPrefix + Long.toHexString(++idCount);
  }

  private void setHeaders(MultiMap headers, String requestId) {
    headers.add(HttpHeaders.SERVER, SERVER);
    headers.add(HttpHeaders.DATE, date());
    headers.add(REQUEST_ID, requestId);
    headers.add(CONTENT_TYPE_OPTIONS, NOSNIFF);
  }

  /** The Date header, formatted once a second. */
  private CharSequence date() {
    long now = System.currentTimeMillis() / 1_000;
    if (now != dateSecond) {
      dateSecond = now;
      date = HttpHeaders.createOptimized(HttpDates.text(now * 1_000));
    }
    return date;
  }
}
