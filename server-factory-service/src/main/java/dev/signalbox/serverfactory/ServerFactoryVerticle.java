package dev.signalbox.serverfactory;

import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.TakeOverServersRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.serverfactory.proxy.RecordedRoute;
import dev.signalbox.serverfactory.proxy.UpstreamClient;
import dev.signalbox.serverfactory.proxy.UpstreamRates;
import dev.signalbox.serverfactory.serving.RouteRecorder;
import dev.signalbox.serverfactory.serving.SelfMadeCertificate;
import dev.signalbox.serverfactory.serving.ServingResources;
import dev.signalbox.storage.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Wires server-factory-service. */
final class ServerFactoryVerticle extends VerticleBase {

  /** The part of the heap that bodies of requests may take. */
  private static final int BODIES_SHARE = 16;

  /** The part of the heap that bodies of responses may take that are made for one request. */
  private static final int ANSWERS_SHARE = 8;

  /** The part of the heap that texts of definitions may take which are being read and stored. */
  private static final int TEXTS_SHARE = 8;

  private final ServerFactoryConfig config;
  private final ServiceContext service;
  private @Nullable Database database;
  private @Nullable ServerStore store;
  private @Nullable PageServers servers;
  private @Nullable UpstreamClient upstream;
  private @Nullable Ownership ownership;
  private @Nullable Handover handover;
  private @Nullable ServiceEndpoint endpoint;

  ServerFactoryVerticle(ServerFactoryConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    return Database.open(service, ServerStore.SCHEMA)
        .compose(this::wire)
        // A verticle that fails to start is never stopped.
        .recover(failure -> release().transform(done -> Future.failedFuture(failure)));
  }

  private Future<Void> wire(Database opened) {
    database = opened;
    String host = config.publicHost(advertisedHost());
    ServerStore rows = new ServerStore(opened, config, service.node(), host);
    Reservations reservations =
        new Reservations(opened, config, service.node(), host, service.metrics());
    Lease lease = new Lease(config.lease(), System::nanoTime);
    UpstreamClient forwarding =
        new UpstreamClient(
            vertx,
            new TargetGuard(service.config("guard", GuardConfig.class).rules()),
            new UpstreamRates(
                config.proxyTargetRatePerS(),
                service.bus().sharers(ServerFactoryContract.START),
                System::nanoTime),
            config.maxForwarded());
    upstream = forwarding;
    UnreadBodies answers = new UnreadBodies(MemoryBudget.ofHeap(ANSWERS_SHARE));
    answers.bindTo(service.metrics(), "signalbox.server.unread");
    vertx.setPeriodic(UnreadBodies.LOOK_MS, _ -> answers.look());
    PageServers pages =
        new PageServers(
            vertx,
            config,
            lease,
            new ServingResources(
                MemoryBudget.ofHeap(BODIES_SHARE),
                answers,
                new MemoryBudget(config.journalBytes()),
                new FileServiceFiles(service.bus(), config.maxFile()),
                forwarding,
                new SelfMadeCertificate(List.of(config.bind(), host))),
            service.metrics());
    Gauge.builder("signalbox.servers", pages, PageServers::size)
        .description("Servers on demand that listen in this process")
        .register(service.metrics());
    DefinitionMemory memory = new DefinitionMemory(config.definitionMemory());
    Gauge.builder("signalbox.server.definitions", memory, DefinitionMemory::held)
        .description("Memory that the definitions of all servers of the process take, as estimated")
        .baseUnit(BaseUnits.BYTES)
        .register(service.metrics());
    DefinitionCompiler compiler = new DefinitionCompiler(config, memory);
    Definitions definitions = new Definitions(config, compiler);
    TextMemory texts = new TextMemory(vertx, MemoryBudget.ofHeap(TEXTS_SHARE));
    ContentReader contents = new ContentReader(rows, texts);
    ServerLoader loader = new ServerLoader(vertx, rows, contents, definitions, pages);
    Ownership owner =
        new Ownership(
            vertx, reservations, rows, pages, loader, lease, config, this::publishDeleted);
    Handover moves = new Handover(vertx, rows, pages, loader, owner);
    OwnerCalls owners = new OwnerCalls(vertx, rows, owner, service.node());
    RouteChanges changes =
        new RouteChanges(
            vertx, rows, contents, new RouteEdits(config, compiler), pages, owner, moves);
    pages.recordBy(serverId -> recorder(serverId, changes));
    ServerFactory factory =
        new ServerFactory(
            vertx, reservations, rows, pages, owner, moves, owners, service.node(), config.limit());
    ServiceEndpoint operations = service.endpoint(config.maxInFlight());
    new ServerFactoryEndpoint(
            factory,
            moves,
            owners,
            new ServerOperations(
                vertx, contents, definitions, owners, changes, pages, owner, texts),
            service.bus(),
            new ServerFactoryTasks(config.maxResponse()))
        .register(operations);
    service.diagnose("owners of servers", new OrphanCheck(rows));
    store = rows;
    servers = pages;
    ownership = owner;
    handover = moves;
    endpoint = operations;
    // This process is alone on the data directory: a holder of a lease is its dead predecessor.
    Future<Void> cleared = service.clustered() ? Future.succeededFuture() : rows.endAllLeases();
    return cleared.compose(done -> owner.begin()).compose(done -> operations.open());
  }

  private RouteRecorder recorder(String serverId, RouteChanges changes) {
    return (request, response) ->
        RecordedRoute.of(request, response, config.maxDefinition())
            .ifPresent(route ->
                context.runOnContext(_ ->
                    changes.record(
                        serverId, new LinkedHashMap<>(route), response.body().length())));
  }

  private void publishDeleted(ServerRow expired) {
    service
        .bus()
        .publish(ServerFactoryContract.CHANGED, new ServerChanged("deleted", expired.info()));
  }

  /** The address this process tells the cluster; the machine's name where it tells none. */
  private String advertisedHost() {
    String address = service.members().host();
    return address == null ? service.host() : address;
  }

  @Override
  public Future<?> stop() {
    // Before the drain, so that servers can be stopped all the while; after it those that were
    // being started when it began.
    return giveAway()
        .compose(done -> endpoint == null ? Future.succeededFuture() : endpoint.drain())
        .transform(done -> giveAway())
        .transform(done -> release());
  }

  private Future<Void> giveAway() {
    Handover moves = handover;
    return moves == null || !service.clustered()
        ? Future.succeededFuture()
        : moves.giveAway(this::offer);
  }

  private Future<Set<String>> offer(Set<String> serverIds) {
    return service
        .bus()
        .call(
            ServerFactoryContract.TAKE_OVER,
            new TakeOverServersRequest(service.node(), List.copyOf(serverIds)),
            Call.within(ServerFactoryContract.TAKE_OVER.timeout()))
        .map(reply -> Set.copyOf(reply.taken()));
  }

  // Servers without a new owner stay in storage: another instance, or the next run, listens for
  // them.
  private Future<Void> release() {
    Future<Void> quiet = ownership == null ? Future.succeededFuture() : ownership.end();
    return quiet
        .transform(done -> servers == null ? Future.succeededFuture() : servers.closeAll())
        .transform(done -> upstream == null ? Future.succeededFuture() : upstream.close())
        .transform(done -> store == null ? Future.succeededFuture() : store.leave())
        .transform(done -> database == null ? Future.succeededFuture() : database.close());
  }
}
