package dev.signalbox.gateway.system;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.service.Health;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 8: services, health, metrics. */
public final class SystemRoutes implements Routes {

  private static final Future<Answer> LIVE =
      Future.succeededFuture(Answer.json(200, "{\"status\":\"live\"}"));

  private final Vertx vertx;
  private final ServiceDirectory directory;
  private final Health health;
  private final MeterRegistry metrics;

  /** Routes about this process and what it hears of the others. */
  public SystemRoutes(
      Vertx vertx, ServiceDirectory directory, Health health, MeterRegistry metrics) {
    this.vertx = vertx;
    this.directory = directory;
    this.health = health;
    this.metrics = metrics;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get("/health/live", Role.PUBLIC, ProblemFaults.PROBLEM, _ -> LIVE).always())
        .add(Route.get("/health/ready", Role.PUBLIC, ProblemFaults.PROBLEM, _ -> ready()).always())
        .add(Route.get("/metrics", Role.READER, ProblemFaults.PROBLEM, _ -> scrape()).always())
        .add(Route.get("/api/v1/services", Role.READER, ProblemFaults.PROBLEM, this::services));
  }

  private record Readiness(String status, Map<String, String> services) {}

  private Future<Answer> ready() {
    boolean ready = health.ready();
    Answer answer =
        Answers.json(
            ready ? 200 : 503, new Readiness(ready ? "ready" : "not ready", health.states()));
    return Future.succeededFuture(ready ? answer : answer.with("Retry-After", "1"));
  }

  /** Off the event loop: a scrape walks every meter and grows with them. */
  private Future<Answer> scrape() {
    if (!(metrics instanceof PrometheusMeterRegistry prometheus)) {
      return Future.succeededFuture(
          Answer.of(200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer()));
    }
    return vertx
        .executeBlocking(prometheus::scrape, false)
        .map(text ->
            Answer.of(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                Buffer.buffer(text == null ? "" : text)));
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

  private Future<Answer> services(Exchange exchange) {
    Query.of(exchange).end();
    List<ServiceView> views = directory.live().stream().map(SystemRoutes::view).toList();
    return Future.succeededFuture(Answers.page(views, null));
  }

  private static ServiceView view(Announcement instance) {
    Announcement.Load load = instance.load();
    return new ServiceView(
        instance.service(),
        instance.node(),
        instance.host(),
        instance.version(),
        Answers.time(instance.sinceEpochMs()),
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
