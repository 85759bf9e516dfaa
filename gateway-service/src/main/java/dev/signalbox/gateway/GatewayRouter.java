package dev.signalbox.gateway;

import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.census.CensusPage;
import dev.signalbox.gateway.census.CensusRoutes;
import dev.signalbox.gateway.census.ClassicCensusRoutes;
import dev.signalbox.gateway.census.ErrorsPage;
import dev.signalbox.gateway.census.LeaseRoutes;
import dev.signalbox.gateway.code.ClassicCodeRoutes;
import dev.signalbox.gateway.code.CodeRoutes;
import dev.signalbox.gateway.dns.DnsMessageRoutes;
import dev.signalbox.gateway.dns.ResolveRoutes;
import dev.signalbox.gateway.files.ClassicFileRoutes;
import dev.signalbox.gateway.files.Downloads;
import dev.signalbox.gateway.files.FileRoutes;
import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.gateway.handler.AuthenticationHandler;
import dev.signalbox.gateway.handler.ClientQuotaHandler;
import dev.signalbox.gateway.handler.ConcurrencyHandler;
import dev.signalbox.gateway.handler.CrossOriginHandler;
import dev.signalbox.gateway.handler.ErrorHandler;
import dev.signalbox.gateway.handler.HostHandler;
import dev.signalbox.gateway.handler.OriginHandler;
import dev.signalbox.gateway.handler.ProtocolHandler;
import dev.signalbox.gateway.handler.RequestBodyHandler;
import dev.signalbox.gateway.handler.RequestScopeHandler;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.page.PageErrors;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.server.ClassicServerRoutes;
import dev.signalbox.gateway.server.ServerRoutes;
import dev.signalbox.gateway.system.DocsRoutes;
import dev.signalbox.gateway.system.SystemRoutes;
import dev.signalbox.gateway.task.ClassicTaskRoutes;
import dev.signalbox.gateway.task.TaskLimits;
import dev.signalbox.gateway.task.TaskRoutes;
import dev.signalbox.gateway.task.TaskRunner;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What every request passes, in order, and every section of the interface: the whole of what
 * clients see. Belongs to one event loop.
 */
final class GatewayRouter {

  private final GatewayConfig config;
  private final ServiceContext context;
  private final GatewayShared shared;
  private final RequestScopeHandler scopes;
  private final Pages pages = new Pages();
  private final Backend backend;
  private final TaskRunner tasks;
  private final TaskLimits taskLimits;
  private final Downloads downloads;
  private final CensusPage censusPage;
  private final ClassicCodeRoutes classicCodes;

  GatewayRouter(
      GatewayConfig config,
      ServiceContext context,
      GatewayShared shared,
      RequestScopeHandler scopes) {
    this.config = config;
    this.context = context;
    this.shared = shared;
    this.scopes = scopes;
    this.backend = new Backend(context.bus());
    this.tasks = new TaskRunner(shared.directory(), backend);
    this.taskLimits = config.taskLimits(shared.batchMemory());
    this.downloads = Downloads.of(context, backend, context.config("files", FilesConfig.class));
    this.censusPage = new CensusPage(backend, pages);
    this.classicCodes =
        new ClassicCodeRoutes(backend, config.pythonWire() == GatewayConfig.PythonWire.AUTO);
  }

  /** The router of a door. */
  Router of(Door door, int port) {
    Router root = Router.router(context.vertx());
    ErrorHandler errors = new ErrorHandler(scopes, new PageErrors(pages));
    // Mounted first, for a failure looks for its handler from the beginning.
    root.route().failureHandler(errors);
    root.errorHandler(400, errors::malformed);

    root.route().handler(scopes); // request id, access log, headers of every response
    root.route().handler(new ProtocolHandler());
    root.route().handler(new HostHandler(config.hosts(), config.bind(), port, door.secure()));
    if (!config.corsOrigins().isEmpty()) {
      root.route().handler(new CrossOriginHandler(config.corsOrigins()));
    }

    // Before the handler of every route, which rules depend on:
    List<Handler<RoutingContext>> guards =
        List.of(
            new OriginHandler(Set.copyOf(config.corsOrigins()), door.secure()),
            new AuthenticationHandler(shared.access()),
            new ClientQuotaHandler(),
            new RequestBodyHandler(config.bodies(), shared.memory()),
            new ConcurrencyHandler(shared.requests(), shared.streams(), config.maxWait()));
    var mount = new Mount(context.vertx(), root, guards, errors);

    switch (door.name()) {
      case "codes" -> mount.own(classicCodes.codesDoor());
      case "messages" -> mount.own(classicCodes.messagesDoor(), censusPage.home());
      default -> {
        // The same as every door.
      }
    }
    mount.section(
        new ClassicTaskRoutes(context.vertx(), tasks, taskLimits),
        new TaskRoutes(context.vertx(), tasks, taskLimits));
    mount.section(new ResolveRoutes(backend), new DnsMessageRoutes(backend));
    mount.section(new ClassicServerRoutes(backend), new ServerRoutes(backend));
    mount.section(new CodeRoutes(backend));
    mount.section(
        new ClassicCensusRoutes(backend),
        censusPage,
        new ErrorsPage(backend, pages),
        new LeaseRoutes(backend),
        new CensusRoutes(backend));
    mount.section(
        new SystemRoutes(context.vertx(), shared.directory(), context.health(), context.metrics()),
        new DocsRoutes(context.vertx()));
    ClassicFileRoutes classicFiles = new ClassicFileRoutes(backend, downloads);
    mount.section(classicFiles, new FileRoutes(backend, downloads));
    root.route("/api/*").handler(ctx -> ctx.fail(404));
    // Last, for every path that is nobody else's is a file.
    mount.section(classicFiles.root());
    return root;
  }

  /** Every route of every door: what the description must equal. */
  List<MountedRoute> routes(List<Door> doors) {
    List<MountedRoute> routes = new ArrayList<>();
    for (Door door : doors) {
      routes.addAll(MountedRoute.of(of(door, 0)));
    }
    return routes.stream().distinct().toList();
  }

  /** Mounts sections on a router, each on one of its own. */
  private record Mount(
      Vertx vertx, Router root, List<Handler<RoutingContext>> guards, ErrorHandler errors) {

    void section(Section... parts) {
      mount(parts).closePaths();
    }

    /** What a door has besides the others; other methods of its paths are those of every door. */
    void own(Section... parts) {
      mount(parts);
    }

    private GuardedRouter mount(Section... parts) {
      Router router = Router.router(vertx);
      router.errorHandler(400, errors::malformed);
      GuardedRouter guarded = new GuardedRouter(router, guards);
      for (Section part : parts) {
        part.mount(guarded);
      }
      root.route("/*").subRouter(router);
      return guarded;
    }
  }
}
