package dev.signalbox.serverfactory;

import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.serverfactory.serving.ServingResources;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.StorageConfig;
import dev.signalbox.testsupport.TestNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** One instance of the service without a bus, on a database that others share. */
final class Instance implements AutoCloseable {

  private static final Map<String, Instance> LIVING = new ConcurrentHashMap<>();

  private static final long OVERLAP_MS = 200;

  private final String node;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicLong pausedNanos = new AtomicLong();
  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private final DefinitionMemory memory;
  private final MemoryBudget texts = new MemoryBudget(16L << 20);
  private final TextMemory textMemory = new TextMemory(vertx, texts);
  private final Database database;
  private final ServerStore store;
  private final PageServers servers;
  private final Ownership ownership;
  private final Reservations reservations;
  private final Handover handover;
  private final ServerFactory factory;
  private final OwnerCalls owners;
  private final ServerOperations operations;
  private final Set<Promise<?>> running = ConcurrentHashMap.newKeySet();
  private final Queue<ServerRow> ended = new ConcurrentLinkedQueue<>();

  private Instance(
      String node, Path data, ServerFactoryConfig config, StorageConfig storage, long overlapMs) {
    this.node = node;
    this.database =
        TestNode.await(
            Database.open(vertx, storage, data, ServerStore.SCHEMA, "server-factory-service"));
    this.store = new ServerStore(database, config, node, "host-" + node);
    this.reservations =
        new Reservations(database, config, node, "host-" + node, new SimpleMeterRegistry());
    Lease lease = new Lease(config.lease(), () -> System.nanoTime() + pausedNanos.get());
    this.servers =
        new PageServers(
            vertx, config, lease, ServingResources.withoutOthers(List.of(config.bind())), metrics);
    this.memory = new DefinitionMemory(config.definitionMemory());
    DefinitionCompiler compiler = new DefinitionCompiler(config, memory);
    Definitions definitions = new Definitions(config, compiler);
    ContentReader contents = new ContentReader(store, textMemory);
    ServerLoader loader = new ServerLoader(vertx, store, contents, definitions, servers);
    this.ownership =
        new Ownership(
            vertx, reservations, store, servers, loader, lease, config, row -> ended.add(row));
    this.handover = new Handover(vertx, store, servers, loader, ownership, overlapMs);
    this.owners = new OwnerCalls(vertx, store, ownership, node);
    this.operations =
        new ServerOperations(
            vertx,
            contents,
            definitions,
            owners,
            new RouteChanges(
                vertx,
                store,
                contents,
                new RouteEdits(config, compiler),
                servers,
                ownership,
                handover),
            servers,
            ownership,
            textMemory);
    this.factory =
        new ServerFactory(
            vertx, reservations, store, servers, ownership, handover, owners, node, config.limit());
  }

  /** With a lease, and without further rounds until {@link #begin()} or {@link #round()}. */
  static Instance of(String node, Path data, ServerFactoryConfig config, StorageConfig storage) {
    return of(node, data, config, storage, OVERLAP_MS);
  }

  /** One that listens for so long beside the former owner of what it takes over. */
  static Instance of(
      String node, Path data, ServerFactoryConfig config, StorageConfig storage, long overlapMs) {
    Instance instance = new Instance(node, data, config, storage, overlapMs);
    LIVING.put(node, instance);
    instance.round();
    return instance;
  }

  static Instance of(String node, Path data) {
    return of(node, data, config(), StorageConfig.of(Map.of()));
  }

  static ServerFactoryConfig config() {
    return configWithLease(Duration.ofSeconds(60));
  }

  static ServerFactoryConfig configWithLease(Duration lease) {
    return config("127.0.0.1", lease);
  }

  static ServerFactoryConfig configAt(String address) {
    return config(address, Duration.ofSeconds(60));
  }

  private static ServerFactoryConfig config(String address, Duration lease) {
    return config(Map.of("bind", address, "lease", lease.toMillis() + "ms"));
  }

  /** With some settings of its own. */
  static ServerFactoryConfig config(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("server-factory.first-port", Integer.toString(Web.FIRST_PORT));
    all.put("server-factory.last-port", Integer.toString(Web.LAST_PORT));
    all.put("server-factory.lease", "60s");
    all.put("server-factory.heartbeat", "20ms");
    settings.forEach((key, value) -> all.put("server-factory." + key, value));
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), all),
            Map.of("server-factory", ServerFactoryConfig.class),
            true)
        .section("server-factory", ServerFactoryConfig.class);
  }

  /** What reads definitions under these settings, with a memory of its own. */
  static Definitions definitions(ServerFactoryConfig config) {
    return new Definitions(config, compiler(config));
  }

  /** The same for changes of routes. */
  static RouteEdits edits(ServerFactoryConfig config) {
    return new RouteEdits(config, compiler(config));
  }

  private static DefinitionCompiler compiler(ServerFactoryConfig config) {
    return new DefinitionCompiler(config, new DefinitionMemory(config.definitionMemory()));
  }

  ServerFactory factory() {
    return factory;
  }

  /** What a start does before it is cut short. */
  Future<Reservation> reserve(StartServerRequest request) {
    return operations.reading(request, wish -> reservations.reserve(wish, Set.of()));
  }

  <T> Future<T> run(Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    running.add(promise);
    context.runOnContext(now ->
        work.get()
            .onComplete(done -> {
              running.remove(promise);
              if (done.succeeded()) {
                promise.tryComplete(done.result());
              } else {
                promise.tryFail(done.cause());
              }
            }));
    return promise.future();
  }

  void begin() {
    TestNode.await(run(ownership::begin));
  }

  /** Holds up the reading of definitions until the latch is open. */
  void delayReading(CountDownLatch latch) {
    TestNode.await(
        run(() -> {
          vertx.executeBlocking(() -> latch.await(60, TimeUnit.SECONDS), true);
          return Future.succeededFuture();
        }));
  }

  /** A round that is not waited for. */
  Future<Void> roundLater() {
    return run(ownership::renew);
  }

  void round() {
    TestNode.await(run(ownership::renew));
  }

  /** A round whose request is sent before a pause and whose reply comes after it. */
  void roundWithPause(Duration time) {
    TestNode.await(
        run(() -> {
          Future<Void> round = ownership.renew();
          pause(time);
          return round;
        }));
  }

  /** Its clock goes on as if the process had been stopped for so long, before any timer fires. */
  void pause(Duration time) {
    pausedNanos.addAndGet(time.toNanos());
  }

  ServerStore store() {
    return store;
  }

  MeterRegistry metrics() {
    return metrics;
  }

  /** The memory of texts that are being read. */
  MemoryBudget texts() {
    return texts;
  }

  /** Whether this instance is the owner of a server, which need not listen yet. */
  boolean owns(String serverId) {
    return TestNode.await(run(() -> store.find(serverId)))
        .filter(row -> row.owner().equals(node))
        .isPresent();
  }

  /** Takes all memory of texts until the promise is completed. */
  Promise<Void> holdTexts() {
    Promise<Void> end = Promise.promise();
    Future<Void> held = run(() -> textMemory.holding(texts.limit(), end::future));
    await().until(() -> held.isComplete() || texts.held() == texts.limit());
    return end;
  }

  /** Bytes that the definitions loaded here are charged for. */
  long definitionBytes() {
    return memory.held();
  }

  void endAllLeases() {
    TestNode.await(run(store::endAllLeases));
  }

  Future<StartServerReply> startLater(int port, String uri, String data, String key) {
    return startLater(new StartServerRequest(port, uri, data, key, null));
  }

  Future<StartServerReply> startLater(StartServerRequest request) {
    Duration patience = Duration.ofSeconds(10);
    return run(() ->
        operations
            .reading(request, wish -> factory.start(wish, patience))
            .recover(failure ->
                DefinitionMemory.isFull(failure)
                    ? factory.repeat(request, failure, patience)
                    : Future.failedFuture(failure)));
  }

  /** A server without a page. */
  ServerInfo started(String definition) {
    return ((StartServerReply.Started)
            TestNode.await(startLater(new StartServerRequest(0, "", "", null, definition))))
        .server();
  }

  DescribeServerReply describe(String server) {
    return TestNode.await(run(() -> operations.describe(server)));
  }

  /** As a request to this instance does, whichever instance owns the server. */
  Future<DescribeServerReply> replaceRoutes(String server, String routes) {
    return atOwner(server, (owner, row) -> owner.operations.replaceRoutes(row, routes));
  }

  /** The same for its counters. */
  Future<ServerStatsReply> stats(String server) {
    return atOwner(server, (owner, row) -> owner.operations.stats(row));
  }

  <R> Future<R> atOwner(String server, BiFunction<Instance, ServerRow, Future<R>> work) {
    return run(() ->
        owners.ask(
            server,
            Duration.ofSeconds(5),
            row -> work.apply(this, row),
            node -> {
              Instance owner = LIVING.get(node);
              return owner == null
                  ? Future.failedFuture(new ServiceException(ErrorCode.UNAVAILABLE, "nobody"))
                  : owner.run(() -> owner.owners.here(server, row -> work.apply(owner, row)));
            }));
  }

  /** Servers of which this instance remembers something although they do not listen here. */
  Set<String> remembered() {
    return TestNode.await(run(() -> Future.succeededFuture(ownership.remembered())));
  }

  /** Ids of the servers that this instance ended because their time was over. */
  List<String> ended() {
    return ended.stream().map(ServerRow::serverId).toList();
  }

  StartServerReply start(int port, String uri) {
    return TestNode.await(startLater(port, uri, "page " + uri, null));
  }

  ServerInfo started(int port, String uri) {
    return ((StartServerReply.Started) start(port, uri)).server();
  }

  StopServerReply stop(String serverId) {
    return TestNode.await(run(() -> factory.stop(serverId, Instance::forward)));
  }

  /** What a stop does first. */
  Future<Void> giveAway(Handover.Successor successor) {
    return run(() -> handover.giveAway(successor));
  }

  /** Takes over what another one offers. */
  Future<Set<String>> accept(Instance from, Set<String> serverIds) {
    return run(() -> handover.accept(from.node, serverIds));
  }

  List<ServerInfo> list() {
    return TestNode.await(run(factory::list)).servers();
  }

  Set<String> listening() {
    return TestNode.await(run(() -> Future.succeededFuture(servers.ids())));
  }

  private static Future<StopServerReply> forward(String node, String serverId) {
    Instance owner = LIVING.get(node);
    return owner == null
        ? Future.failedFuture(new ServiceException(ErrorCode.UNAVAILABLE, "nobody"))
        : owner.run(() -> owner.factory.stopHere(serverId));
  }

  /** As kill -9 leaves it: nothing is told to anybody, the sockets are gone. */
  void vanish() {
    LIVING.remove(node);
    TestNode.await(run(ownership::end));
    TestNode.await(run(servers::closeAll));
    TestNode.await(database.close());
    TestNode.await(vertx.close());
    // What its threads had not begun is never done.
    running.forEach(promise -> promise.tryFail(new IOException("the instance vanished")));
  }

  @Override
  public void close() {
    vanish();
  }
}
