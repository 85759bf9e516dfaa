package dev.signalbox.gateway.probe;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.TaskAllowance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code GET /probe}, as Prometheus scrapes blackbox_exporter. */
public final class ProbeRoutes implements Section {

  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final ProbeModules modules;
  private final HttpProber http;
  private final DnsProber dns;
  private final TaskAllowance tasks;

  public ProbeRoutes(Vertx vertx, Backend backend, TaskAllowance tasks, ProbeModules modules) {
    this.tasks = tasks;
    this.modules = modules;
    this.http = new HttpProber(vertx, backend);
    this.dns = new DnsProber(backend);
  }

  @Override
  public void mount(GuardedRouter router) {
    // It sends requests to targets: it needs the role of tasks, and pages of other sites and
    // prefetches may not call it.
    router
        .get("/probe", RouteRules.changes(Role.OPERATOR, ErrorShapes.TEXT).bodyless())
        .handler(respond(this::probe));
  }

  private Future<Response> probe(RoutingContext ctx) {
    Query query = Query.of(ctx);
    String name = query.text("module");
    if (name == null || name.isEmpty()) {
      name = ProbeModules.DEFAULT;
    }
    ProbeModule module = modules.find(name);
    if (module == null) {
      throw HttpException.malformed("Unknown module " + ProbeModules.shown(name));
    }
    String target = query.text("target");
    if (target == null || target.isEmpty()) {
      throw HttpException.malformed("Target parameter is missing");
    }
    String hostname = hostname(query.text("hostname"), module);
    Duration timeout =
        ScrapeTimeout.of(ctx.request().getHeader(ScrapeTimeout.HEADER), module.timeout());
    boolean debug = "true".equals(query.text("debug"));
    tasks.take(ctx);
    long start = System.nanoTime();
    ProbeLog log = new ProbeLog(name, target);
    log.info("Beginning probe", "timeout_seconds", timeout.toNanos() / 1e9);
    Future<Finding> finding =
        switch (module.prober()) {
          case HttpModule settings -> http.probe(ctx, settings, target, hostname, timeout, log);
          case DnsModule settings -> dns.probe(ctx, settings, target, timeout, log);
        };
    return finding.map(found -> {
      String text = text(found, (System.nanoTime() - start) / 1e9, log);
      return debug
          ? Response.of(200, TEXT, Buffer.buffer(debugText(module, log, text)))
          : Response.of(200, METRICS, Buffer.buffer(text));
    });
  }

  /** The parameter {@code hostname}, which must not contradict the module. */
  private static @Nullable String hostname(@Nullable String value, ProbeModule module) {
    if (value == null || value.isEmpty() || !(module.prober() instanceof HttpModule settings)) {
      return null;
    }
    if (!value.matches("[0-9A-Za-z.:_\\[\\]-]{1,300}")) {
      throw HttpException.malformed("hostname must be a host name, with or without a port");
    }
    String own = settings.headers().get("host");
    if (own != null && !own.equals(value)) {
      throw HttpException.malformed(
          "hostname must equal the header Host of module " + ProbeModules.shown(module.name()));
    }
    return value;
  }

  private static String text(Finding found, double seconds, ProbeLog log) {
    if (found.success()) {
      log.info("Probe succeeded", "duration_seconds", seconds);
    } else {
      log.error("Probe failed", "duration_seconds", seconds);
    }
    ProbeMetrics metrics = found.metrics();
    metrics.set(
        "probe_success",
        "Displays whether or not the probe was a success",
        found.success() ? 1 : 0);
    metrics.set(
        "probe_duration_seconds",
        "Returns how long the probe took to complete in seconds",
        seconds);
    return metrics.text();
  }

  private static String debugText(ProbeModule module, ProbeLog log, String metrics) {
    return "Logs for the probe:\n"
        + log.text()
        + "\n\n\nMetrics that would have been returned:\n"
        + metrics
        + "\n\n\nModule configuration:\n"
        + module.yaml();
  }
}
