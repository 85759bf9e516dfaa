package dev.signalbox.gateway;

import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.census.CensusPage;
import dev.signalbox.gateway.census.CensusRoutes;
import dev.signalbox.gateway.census.ClassicCensusRoutes;
import dev.signalbox.gateway.census.ContributorRoutes;
import dev.signalbox.gateway.census.ErrorsPage;
import dev.signalbox.gateway.census.ExportRoutes;
import dev.signalbox.gateway.census.LeaseRoutes;
import dev.signalbox.gateway.census.MapRoutes;
import dev.signalbox.gateway.census.RoundRoutes;
import dev.signalbox.gateway.census.WorkerRoutes;
import dev.signalbox.gateway.code.ClassicCodeRoutes;
import dev.signalbox.gateway.code.CodeRoutes;
import dev.signalbox.gateway.code.MessageTails;
import dev.signalbox.gateway.diagnostic.DiagnosticsRoutes;
import dev.signalbox.gateway.diagnostic.LogLevelRoutes;
import dev.signalbox.gateway.dns.DnsMessageRoutes;
import dev.signalbox.gateway.dns.ResolveRoutes;
import dev.signalbox.gateway.events.EventReaders;
import dev.signalbox.gateway.events.EventRoutes;
import dev.signalbox.gateway.files.ClassicFileRoutes;
import dev.signalbox.gateway.files.Downloads;
import dev.signalbox.gateway.files.FileRoutes;
import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.gateway.files.TusRoutes;
import dev.signalbox.gateway.handler.AuthenticationRule;
import dev.signalbox.gateway.handler.CallerRule;
import dev.signalbox.gateway.handler.ClientQuotaRule;
import dev.signalbox.gateway.handler.ConcurrencyHandler;
import dev.signalbox.gateway.handler.CrossOriginHandler;
import dev.signalbox.gateway.handler.ErrorHandler;
import dev.signalbox.gateway.handler.HostRule;
import dev.signalbox.gateway.handler.OriginRule;
import dev.signalbox.gateway.handler.ProtocolRule;
import dev.signalbox.gateway.handler.RateLimitRule;
import dev.signalbox.gateway.handler.RequestBodyHandler;
import dev.signalbox.gateway.handler.RequestRule;
import dev.signalbox.gateway.handler.RequestScopeHandler;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.page.DashboardRoutes;
import dev.signalbox.gateway.page.HomePage;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.probe.ProbeRoutes;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.routing.SectionHandler;
import dev.signalbox.gateway.server.ClassicServerRoutes;
import dev.signalbox.gateway.server.JournalRoutes;
import dev.signalbox.gateway.server.ProxyRoutes;
import dev.signalbox.gateway.server.PublishedRange;
import dev.signalbox.gateway.server.ServerLocator;
import dev.signalbox.gateway.server.ServerRoutes;
import dev.signalbox.gateway.system.DocsRoutes;
import dev.signalbox.gateway.system.SystemRoutes;
import dev.signalbox.gateway.system.WhoamiRoutes;
import dev.signalbox.gateway.task.ClassicTaskRoutes;
import dev.signalbox.gateway.task.TaskRoutes;
import dev.signalbox.gateway.task.TaskRunner;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The handlers of every request, in order, and all sections of the API. Belongs to one event loop.
 */
final class GatewayRouter {

  private final GatewayConfig config;
  private final ServiceContext context;
  private final GatewayShared shared;
  private final RequestScopeHandler scopes;
  private final Pages pages = new Pages();
  private final Backend backend;
  private final TaskRunner tasks;
  private final TaskRoutes.Limits taskLimits;
  private final Downloads downloads;
  private final CensusPage censusPage;
  private final EventReaders eventReaders;
  private final MessageTails messageTails;
  private final ClassicCodeRoutes classicCodes;
  private final ServerLocator locator;
  private final ProxyRoutes proxy;

  GatewayRouter(
      GatewayConfig config,
      ServiceContext context,
      GatewayShared shared,
      RequestScopeHandler scopes) {
    this.config = config;
    this.context = context;
    this.shared = shared;
    this.scopes = scopes;
    this.backend = new Backend(context.bus(), shared.largeReplies);
    this.tasks = new TaskRunner(shared.directory, backend, shared.taskCounts, shared.taskAllowance);
    this.eventReaders =
        new EventReaders(
            context.vertx(),
            shared.feed,
            config.eventHeartbeat(),
            shared.eventMemory,
            config.eventReaderBytes());
    this.messageTails =
        new MessageTails(
            context.vertx(), backend, shared.messages, config.eventHeartbeat(), shared.eventMemory);
    this.taskLimits = config.taskLimits(shared.batchMemory);
    this.downloads =
        Downloads.of(
            context, backend, context.config("files", FilesConfig.class), shared.downloads, pages);
    this.censusPage = new CensusPage(backend, pages, shared.workerArchive);
    this.locator = new ServerLocator(context.vertx(), backend, shared.serverChanges);
    this.proxy =
        new ProxyRoutes(
            context.vertx(),
            locator,
            config.proxy(),
            shared.unreadProxied,
            shared.access.required());
    this.classicCodes =
        new ClassicCodeRoutes(backend, config.pythonWire() == GatewayConfig.PythonWire.AUTO);
  }

  /** The router of a door. */
  Router router(Door door, int port) {
    Router root = Router.router(context.vertx());
    ErrorHandler errors = new ErrorHandler(scopes, pages.errors());
    // First, since vertx-web searches failure handlers from the beginning.
    root.route().failureHandler(errors);
    root.errorHandler(400, errors::malformed);

    root.route().handler(scopes); // request id, access log, headers of every response
    root.route()
        .handler(
            RequestRule.handler(
                new ProtocolRule(),
                new HostRule(config.hosts(), config.bind(), port, door.secure())));
    RequestRule caller = new CallerRule(shared.access);
    RequestRule rate =
        new RateLimitRule(shared.taskAllowance, shared.requestTotals, context.metrics());
    RequestRule quota = new ClientQuotaRule(shared.quotas);
    // What no route answers counts too: unknown paths, other methods, OPTIONS and preflights.
    RequestRule unrouted = RequestRule.all(caller, rate, quota);
    if (!config.corsOrigins().isEmpty()) {
      root.route().handler(new CrossOriginHandler(config.corsOrigins(), unrouted));
    }

    // They run before the handler of every route and depend on the rules of the route.
    List<Handler<RoutingContext>> guards =
        List.of(
            RequestRule.handler(
                caller,
                rate,
                new OriginRule(Set.copyOf(config.corsOrigins())),
                new AuthenticationRule(door.asksForCertificates()),
                quota),
            new RequestBodyHandler(config.bodies(), shared.bodyMemory),
            new ConcurrencyHandler(shared.permits, config.maxWait()));
    SectionHandler sections = new SectionHandler();
    var mount = new Mount(context.vertx(), guards, unrouted, errors, root, sections);

    switch (door.name()) {
      case "codes" -> mount.doorOnly(classicCodes.codesDoor());
      case "messages" -> mount.doorOnly(classicCodes.messagesDoor(), censusPage.home());
      default -> {
        // Only the sections of every door.
      }
    }
    root.route("/*").putMetadata(MountedRoute.SECTIONS, sections).handler(sections);
    mount.section(
        new ClassicTaskRoutes(context.vertx(), tasks, taskLimits),
        new TaskRoutes(context.vertx(), tasks, taskLimits));
    ResolveRoutes resolver = new ResolveRoutes(backend, shared.taskAllowance);
    mount.section(resolver, new DnsMessageRoutes(backend, shared.taskAllowance, resolver));
    mount.section(new ProbeRoutes(context.vertx(), backend, shared.taskAllowance, shared.probes));
    PublishedRange published = config.publishedRange();
    mount.section(
        new ClassicServerRoutes(backend, published),
        new ServerRoutes(backend, published, shared::publish, shared.definitionMemory),
        new JournalRoutes(backend),
        proxy);
    mount.section(new CodeRoutes(backend, messageTails));
    mount.section(
        new ClassicCensusRoutes(backend),
        new DashboardRoutes(context.vertx(), pages),
        censusPage, // also below /ui
        new ErrorsPage(backend, pages),
        new LeaseRoutes(backend),
        new ContributorRoutes(backend),
        new RoundRoutes(backend),
        new ExportRoutes(backend),
        new CensusRoutes(backend),
        new MapRoutes(backend),
        new WorkerRoutes(downloads, config.workerArchiveDirectory()));
    mount.section(
        new SystemRoutes(context.vertx(), shared.directory, context.health(), context.metrics()),
        new WhoamiRoutes(config.limits(), shared.dailyTasks),
        new DiagnosticsRoutes(context.vertx(), shared.diagnostics),
        new LogLevelRoutes(backend, shared.directory),
        new EventRoutes(eventReaders),
        new DocsRoutes(context.vertx()));
    ClassicFileRoutes classicFiles = new ClassicFileRoutes(backend, downloads, new HomePage(pages));
    mount.section(classicFiles, new FileRoutes(backend, downloads), new TusRoutes(backend));
    root.route("/api/*").handler(RequestRule.handler(unrouted)).handler(ctx -> ctx.fail(404));
    // Last, since every path without another route is a file.
    mount.anyPath(classicFiles.root());
    return root;
  }

  /** Finds servers on demand, on this event loop. */
  ServerLocator locator() {
    return locator;
  }

  /** Ends the streams of events of this event loop; call it on the loop. */
  void stop() {
    eventReaders.stop();
    messageTails.stop();
  }

  /** Closes what requests used; call it when none is in flight. */
  Future<?> close() {
    return proxy.close();
  }

  /** Every route of every door; the OpenAPI description must equal them. */
  List<MountedRoute> routes(List<Door> doors) {
    List<MountedRoute> routes = new ArrayList<>();
    for (Door door : doors) {
      routes.addAll(MountedRoute.of(router(door, 0)));
    }
    return routes.stream().distinct().toList();
  }

  /** Mounts sections: each on a sub-router, or on the door's own router if any path is theirs. */
  private record Mount(
      Vertx vertx,
      List<Handler<RoutingContext>> guards,
      RequestRule unrouted,
      ErrorHandler errors,
      Router root,
      SectionHandler sections) {

    void section(Section... parts) {
      Router router = Router.router(vertx).errorHandler(400, errors::malformed);
      guarded(router, parts).closePaths();
      sections.add(router);
    }

    /** Mounts the routes of one door only; its paths may have more routes on every door. */
    void doorOnly(Section... parts) {
      guarded(root, parts);
    }

    void anyPath(Section part) {
      guarded(root, part).closePaths();
    }

    private GuardedRouter guarded(Router router, Section... parts) {
      GuardedRouter guarded = new GuardedRouter(router, guards, RequestRule.handler(unrouted));
      for (Section part : parts) {
        part.mount(guarded);
      }
      return guarded;
    }
  }
}
