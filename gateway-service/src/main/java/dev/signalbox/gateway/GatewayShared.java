package dev.signalbox.gateway;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.AccessSettings;
import dev.signalbox.gateway.audit.AuditLog;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.census.WorkerRoutes;
import dev.signalbox.gateway.code.StoredMessages;
import dev.signalbox.gateway.diagnostic.ClusterDiagnostics;
import dev.signalbox.gateway.diagnostic.GatewayChecks;
import dev.signalbox.gateway.events.EventFeed;
import dev.signalbox.gateway.events.EventMemory;
import dev.signalbox.gateway.events.EventSources;
import dev.signalbox.gateway.files.Downloads;
import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.limit.DailyTasks;
import dev.signalbox.gateway.limit.RequestPermits;
import dev.signalbox.gateway.limit.RequestPermits.Kind;
import dev.signalbox.gateway.limit.RequestTotals;
import dev.signalbox.gateway.limit.UsageExchange;
import dev.signalbox.gateway.limit.UsageFile;
import dev.signalbox.gateway.listener.DoorCertificate;
import dev.signalbox.gateway.probe.ProbeConfig;
import dev.signalbox.gateway.probe.ProbeModules;
import dev.signalbox.gateway.server.PublishedPorts;
import dev.signalbox.gateway.server.ServerChanges;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.gateway.task.TaskAllowance;
import dev.signalbox.gateway.task.TaskCounts;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The state shared by the gateway's verticles, one on each event loop. */
final class GatewayShared implements Shareable {

  private static final String MAP = "signalbox.gateway";
  private static final long SWEEP_MS = 1_000;
  private static final long LOOK_MS = 10;
  private static final long ANNOUNCED_NANOS = 1_000_000_000L;

  /** Bodies may take a fourth of the heap, and so may the results of batches. */
  private static final int HEAP_SHARE = 4;

  final ServiceDirectory directory;

  /** Permits of requests in flight. */
  final RequestPermits permits;

  /** What is published about servers on demand. */
  final ServerChanges serverChanges = new ServerChanges();

  private volatile @Nullable PublishedPorts published;

  final EventFeed feed;

  /** How far the log of messages is. */
  final StoredMessages messages = new StoredMessages();

  final TaskCounts taskCounts = new TaskCounts();

  /** What is wrong with any process. */
  final ClusterDiagnostics diagnostics;

  /** The archive of the worker that the pages name. */
  final String workerArchive;

  final ClientQuotas quotas;

  /** Memory for the bodies of all requests. */
  final MemoryBudget bodyMemory = MemoryBudget.ofHeap(HEAP_SHARE);

  /** Memory for the results of all batches. */
  final MemoryBudget batchMemory = MemoryBudget.ofHeap(HEAP_SHARE);

  /** Memory in which definitions of servers are read and passed on, beside their bodies. */
  final MemoryBudget definitionMemory = MemoryBudget.ofHeap(HEAP_SHARE);

  final ConcurrencyLimiter largeReplies = Backend.largeReplies();

  /** Memory for what clients have not read of their responses. */
  final UnreadBodies unread = new UnreadBodies(MemoryBudget.ofHeap(HEAP_SHARE));

  /**
   * The same for responses of servers on demand: how long such a response lasts is up to a server,
   * so they would take the memory of all others.
   */
  final UnreadBodies unreadProxied = new UnreadBodies(MemoryBudget.ofHeap(2 * HEAP_SHARE));

  /** Memory for what readers of events have not read. */
  final EventMemory eventMemory;

  /** Bounds of archives and digests of files. */
  final Downloads.Limits downloads;

  /** The modules of {@code GET /probe}: one reading of the file for all event loops. */
  final ProbeModules probes;

  /** The tasks that tokens have begun. */
  final DailyTasks dailyTasks;

  /** What bounds them. */
  final TaskAllowance taskAllowance;

  /** The requests that tokens have sent. */
  final RequestTotals requestTotals = new RequestTotals();

  final Access access;
  private final UsageFile usageFile;
  private final AccessSettings.Source tokens;
  private final List<String> required;
  private final GatewayChecks.Settings checks;
  private final @Nullable AuditLog audit;
  private final AtomicInteger users = new AtomicInteger();

  /** That of the TLS door; null when none is described. */
  final @Nullable DoorCertificate certificate;

  final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger verticles = new AtomicInteger();
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private @Nullable Future<Void> listening;

  private GatewayShared(
      GatewayConfig config,
      ServiceContext context,
      FilesConfig files,
      ProbeConfig probes,
      @Nullable AuditLog audit) {
    this.directory = new ServiceDirectory(config.silence().toNanos(), System::nanoTime);
    this.diagnostics = new ClusterDiagnostics(context.bus().untraced(), directory);
    this.permits =
        new RequestPermits(config.maxInFlight(), config.maxWaiting(), config.maxEventReaders());
    this.feed = new EventFeed(config.eventHistory(), config.eventHistoryBytes());
    this.eventMemory = new EventMemory(config.eventMemoryBytes(), System::nanoTime);
    this.quotas = new ClientQuotas(config.maxConnectionsPerClient(), config.maxRequestsPerClient());
    this.workerArchive = WorkerRoutes.offered(config.workerArchiveDirectory());
    this.downloads = Downloads.Limits.of(files);
    this.probes = probes.modules();
    this.tokens = config.access().load();
    this.access = tokens.access();
    this.certificate =
        config.doors().stream()
            .flatMap(door -> Stream.ofNullable(door.tls()))
            .findFirst()
            .map(DoorCertificate::new)
            .orElse(null);
    this.required = config.requiredServices();
    this.checks = config.checks();
    this.audit = audit;
    this.dailyTasks = new DailyTasks(context.node(), InstantSource.system());
    this.taskAllowance = new TaskAllowance(dailyTasks, context.metrics());
    this.usageFile = new UsageFile(context.dataDirectory().resolve(UsageFile.NAME), dailyTasks);
    usageFile.load();
  }

  /** The shared state of this instance of the service. */
  static GatewayShared of(GatewayConfig config, ServiceContext context) {
    return context
        .vertx()
        .sharedData()
        .<String, GatewayShared>getLocalMap(MAP)
        .computeIfAbsent(
            context.node(),
            _ ->
                new GatewayShared(
                    config,
                    context,
                    context.config("files", FilesConfig.class),
                    context.config("probe", ProbeConfig.class),
                    openAudit(config, context)));
  }

  private static @Nullable AuditLog openAudit(GatewayConfig config, ServiceContext context) {
    if (config.auditLog().isEmpty()) {
      return null;
    }
    try {
      return AuditLog.open(
          context.vertx(),
          Path.of(config.auditLog()).toAbsolutePath(),
          config.auditLogBytes(),
          config.auditLogKept(),
          context.metrics());
    } catch (IOException e) {
      throw new StartException("gateway.audit-log cannot be opened: " + e, e);
    }
  }

  /** The audit log; null without one. */
  @Nullable AuditLog audit() {
    return audit;
  }

  /** Counts a verticle that uses this. */
  void retain() {
    users.incrementAndGet();
  }

  /** Closes what no verticle uses any more. */
  Future<Void> release(Vertx vertx) {
    if (users.decrementAndGet() > 0) {
      return Future.succeededFuture();
    }
    AuditLog log = audit;
    return usageFile.save(vertx).compose(_ -> log == null ? Future.succeededFuture() : log.close());
  }

  /** Subscribes to announcements, on the event loop of the first verticle that calls. */
  synchronized Future<Void> subscribe(ServiceContext context) {
    if (listening == null) {
      context.vertx().setPeriodic(SWEEP_MS, _ -> directory.sweep());
      tokens.watch(context.vertx());
      Future<Void> exchanging =
          context.clustered()
              ? UsageExchange.of(context, dailyTasks, requestTotals, access::takeElsewhere)
                  .start(context)
              : Future.succeededFuture();
      usageFile.start(context.vertx());
      GatewayGauges.register(this, context.metrics());
      // Streams of events do nothing most of the time.
      EnumSet.complementOf(EnumSet.of(Kind.EVENT_STREAMS))
          .forEach(kind -> context.load().inFlight(permits.of(kind)::inFlight));
      GatewayChecks.register(context, directory, access, certificate, connections::get, checks);
      context.vertx().setPeriodic(ClusterDiagnostics.PERIOD_MS, _ -> diagnostics.collect());
      required.forEach(service ->
          context.readyUnless(
              () -> directory.serves(service) ? null : service + " is not available"));
      listening =
          exchanging
              .compose(_ -> EventSources.start(context, feed, directory, taskCounts))
              .compose(_ ->
                  context
                      .bus()
                      .subscribe(
                          CodeContract.MESSAGES_STORED, event -> messages.onStored(event.lastId())))
              .compose(_ ->
                  context.bus().subscribe(ServerFactoryContract.CHANGED, serverChanges::onChange))
              .compose(_ -> context.bus().subscribe(Announcement.EVENT, directory::onAnnouncement))
              .compose(_ -> {
                context.bus().publish(Announcement.WANTED, Empty.EMPTY);
                Promise<Void> known = Promise.promise();
                awaitAnnouncements(context, System.nanoTime(), known);
                return known.future();
              });
    }
    return listening;
  }

  /**
   * Completes when for everything that is served an instance has announced itself, so that the
   * first request finds every service that is there; no later than after a second.
   */
  private void awaitAnnouncements(ServiceContext context, long start, Promise<Void> known) {
    Set<String> announced = directory.operations();
    if (announced.containsAll(context.bus().served())
        || System.nanoTime() - start > ANNOUNCED_NANOS) {
      known.complete();
    } else {
      context.vertx().setTimer(LOOK_MS, _ -> awaitAnnouncements(context, start, known));
    }
  }

  /** Runs an action once, not once for each event loop. Other callers wait until it ends. */
  synchronized void runOnce(String key, Runnable action) {
    if (done.add(key)) {
      action.run();
    }
  }

  /** Sets what publishes the ports of servers on demand. */
  void publishBy(PublishedPorts ports) {
    published = ports;
  }

  /** Publishes the port of a new server, if that is wanted; never fails. */
  Future<Void> publish(ServerInfo server) {
    PublishedPorts ports = published;
    return ports == null ? Future.succeededFuture() : ports.publish(server);
  }

  /** Number of a verticle, from 0. */
  int nextVerticleNumber() {
    return verticles.getAndIncrement();
  }
}
