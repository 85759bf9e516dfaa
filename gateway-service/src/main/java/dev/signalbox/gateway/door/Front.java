package dev.signalbox.gateway.door;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.Tracer;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the doors of one event loop share. */
public final class Front {

  private static final Logger LOG = LoggerFactory.getLogger(Front.class);

  private static final long MAX_SWEEP_MS = 500;

  final Vertx vertx;
  final FrontSettings settings;
  final Access access;
  final Admission admission;
  final RequestLog log;
  final RequestMeters meters;
  final Supplier<Cancellation> cancellations;
  final Tracer tracer;
  final RequestIds ids = new RequestIds();
  final ResponseHeaders headers;
  private final AtomicInteger openConnections;
  private final IdentityHashMap<HttpConnection, Connection> connections = new IdentityHashMap<>();
  private final long timer;
  private boolean stopping;

  /**
   * A front; call on its event loop.
   *
   * @param openConnections counts connections over all event loops
   * @param worker node and event loop for the log
   * @param cancellations makes the cancellation of the calls of one request
   * @param tracer begins the spans of requests
   */
  public Front(
      Vertx vertx,
      FrontSettings settings,
      Access access,
      Admission admission,
      AtomicInteger openConnections,
      MeterRegistry registry,
      RequestLogForm form,
      String worker,
      Supplier<Cancellation> cancellations,
      Tracer tracer) {
    this.tracer = tracer;
    this.vertx = vertx;
    this.cancellations = cancellations;
    this.settings = settings;
    this.access = access;
    this.admission = admission;
    this.openConnections = openConnections;
    this.log = new RequestLog(form, worker);
    this.meters = new RequestMeters(registry);
    this.headers =
        new ResponseHeaders(
            Math.max(1, settings.idle().toSeconds()), settings.requestsPerConnection());
    long period = Math.min(MAX_SWEEP_MS, Math.max(10, settings.idle().toMillis() / 4));
    this.timer = vertx.setPeriodic(period, _ -> sweep());
  }

  /** A connection has come; more than allowed are closed at once. */
  void connected(HttpConnection http) {
    if (stopping || openConnections.incrementAndGet() > settings.connections()) {
      if (!stopping) {
        openConnections.decrementAndGet();
      }
      http.close();
      return;
    }
    Connection connection = new Connection(http, System.nanoTime());
    connections.put(http, connection);
    http.closeHandler(_ -> {
      connections.remove(http);
      openConnections.decrementAndGet();
      connection.closed();
    });
    // Clients that leave are no errors of ours; without a handler each is logged as one.
    http.exceptionHandler(e -> LOG.debug("connection of {} broke", http.remoteAddress(), e));
  }

  @Nullable Connection connection(HttpConnection http) {
    return connections.get(http);
  }

  boolean stopping() {
    return stopping;
  }

  /** From now on every answer is its connection's last, and idle connections are closed. */
  public void stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    for (Connection connection : new ArrayList<>(connections.values())) {
      connection.closeIfIdle();
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    long idle = settings.idle().toNanos();
    long stall = settings.stall().toNanos();
    for (Connection connection : new ArrayList<>(connections.values())) {
      connection.sweep(now, idle, stall);
    }
  }
}
