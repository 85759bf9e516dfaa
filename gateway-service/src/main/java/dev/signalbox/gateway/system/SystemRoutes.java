package dev.signalbox.gateway.system;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.node.MetricsFormat;
import dev.signalbox.platform.service.Health;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 8: services, health, metrics. */
public final class SystemRoutes implements Section {

  private static final Response LIVE = Response.json(200, Map.of("status", "live"));

  private final Vertx vertx;
  private final ServiceDirectory directory;
  private final Health health;
  private final MeterRegistry metrics;

  public SystemRoutes(
      Vertx vertx, ServiceDirectory directory, Health health, MeterRegistry metrics) {
    this.vertx = vertx;
    this.directory = directory;
    this.health = health;
    this.metrics = metrics;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules open = RouteRules.reads(Role.PUBLIC, ErrorShapes.PROBLEM).always();
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    router.get("/health/live", open).handler(respond(_ -> Future.succeededFuture(LIVE)));
    router.get("/health/ready", open).handler(respond(_ -> ready()));
    router.get("/metrics", reads.always()).handler(respond(this::scrape));
    router.get("/api/v1/services", reads).handler(respond(this::services));
  }

  private Future<Response> ready() {
    Health.Report report = health.report();
    Response answer = Response.json(report.ready() ? 200 : 503, report);
    return Future.succeededFuture(report.ready() ? answer : answer.with("Retry-After", "1"));
  }

  /** Runs off the event loop, since its duration grows with the number of meters. */
  private Future<Response> scrape(RoutingContext ctx) {
    String type = MetricsFormat.of(ctx.request().getHeader(HttpHeaders.ACCEPT)).contentType();
    if (!(metrics instanceof PrometheusMeterRegistry prometheus)) {
      return Future.succeededFuture(
          Response.of(200, MetricsFormat.PROMETHEUS.contentType(), Buffer.buffer()));
    }
    return vertx
        .executeBlocking(() -> prometheus.scrape(type), false)
        .map(text ->
            Response.of(200, type, Buffer.buffer(text == null ? "" : text)).with("Vary", "Accept"));
  }

  private record ServiceView(
      String service,
      String node,
      String host,
      String version,
      String since,
      String state,
      long inFlight,
      long handled,
      long failed,
      @Nullable Double p50Ms,
      @Nullable Double p99Ms,
      List<String> operations,
      List<String> taskTypes) {}

  private Future<Response> services(RoutingContext ctx) {
    Query.of(ctx).end();
    List<ServiceView> views = directory.live().stream().map(SystemRoutes::view).toList();
    return Future.succeededFuture(Response.page(views, null));
  }

  private static ServiceView view(Announcement instance) {
    Announcement.Load load = instance.load();
    return new ServiceView(
        instance.service(),
        instance.node(),
        instance.host(),
        instance.version(),
        Response.time(instance.sinceEpochMs()),
        instance.state(),
        load.inFlight(),
        load.handled(),
        load.failed(),
        load.p50Ms(),
        load.p99Ms(),
        instance.operations(),
        instance.taskTypes().stream().map(type -> type.name()).toList());
  }
}
