package dev.signalbox.platform.node;

import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Members;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.diagnostic.Diagnostics;
import dev.signalbox.platform.diagnostic.EventLoopCheck;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.MeterChecks;
import dev.signalbox.platform.diagnostic.Symptom;
import dev.signalbox.platform.log.LogLevels;
import dev.signalbox.platform.service.Health;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceDefinition.Instances;
import dev.signalbox.platform.service.ServiceInstance;
import dev.signalbox.platform.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running process: one service or many, alone or in a cluster. */
public final class Node {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** The section of {@link NodeConfig}. */
  static final String SECTION = "platform";

  private static final long LEAVE_S = 3;

  private final Vertx vertx;
  private final Bus bus;
  private final @Nullable Members members;
  private final ClusterConnections connections;
  private final NodeConfig config;
  private final DataDirectory dataDirectory;
  private final PrometheusMeterRegistry metrics;
  private final ProcessMetrics processMetrics;
  private final Map<String, ServiceInstance> instances = new LinkedHashMap<>();
  private final List<ServiceDeployment> deployed = new CopyOnWriteArrayList<>();
  private final Map<String, String> banner = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Tracing tracing;
  private final String processId = Call.newRequestId();
  private final Diagnostics diagnostics;
  private final LogLevels logLevels;
  private @Nullable HttpServer management;

  private Node(
      Vertx vertx,
      Bus bus,
      @Nullable Members members,
      ClusterConnections connections,
      NodeConfig config,
      DataDirectory dataDirectory) {
    this.vertx = vertx;
    this.bus = bus;
    this.members = members;
    this.connections = connections;
    URI collector = TraceEndpoint.of(config.traceEndpoint());
    this.metrics = Metrics.registry(collector != null);
    if (members != null) {
      MemberMetrics.register(members, metrics);
    }
    this.config = config;
    this.dataDirectory = dataDirectory;
    this.processMetrics = new ProcessMetrics(metrics, config.data().toAbsolutePath().normalize());
    this.diagnostics =
        new Diagnostics(processId, hostName(), ProcessMetrics.withCommit(ProcessMetrics.version()));
    this.logLevels = new LogLevels(processId, hostName());
    this.tracing =
        collector == null ? Tracing.OFF : Tracing.to(collector, config.traceRatio(), metrics);
  }

  /** Reads the configuration of a process that runs {@code services}. */
  public static Configuration configure(ConfigSource source, List<ServiceDefinition<?>> services) {
    Map<String, Class<? extends Record>> types = new LinkedHashMap<>();
    types.put(SECTION, NodeConfig.class);
    for (ServiceDefinition<?> service : services) {
      types.putAll(service.shared());
      types.put(service.configPrefix(), service.configType());
    }
    // Reads the text only: binding reports an invalid value together with all other errors.
    boolean clustered =
        source.text(SECTION + ".cluster").filter(text -> !text.strip().equals("false")).isPresent();
    return Configuration.bind(source, types, !clustered);
  }

  /**
   * Starts a process: joins the cluster if so configured, then starts the services at once, but the
   * last of them when all others are ready. When any of them fails, what was started is stopped
   * again.
   *
   * @param source all settings
   * @param services the last, if there are several, is the door to the others: started after them
   *     and stopped before them
   * @return the running process, or a failure: {@link StartException} for what the person who
   *     started it can correct, {@link dev.signalbox.platform.config.ConfigException} for wrong
   *     settings
   */
  public static Future<Node> start(ConfigSource source, List<ServiceDefinition<?>> services) {
    try {
      return start(configure(source, services), services);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  static Future<Node> start(Configuration configuration, List<ServiceDefinition<?>> services) {
    NodeConfig config = configuration.section(SECTION, NodeConfig.class);
    DataDirectory data = DataDirectory.take(config.data(), !config.cluster());
    Members members = config.cluster() ? new Members(Call.newRequestId()) : null;
    String host = members == null ? null : Cluster.host(config);
    ClusterKeys keys = host == null ? null : Cluster.keys(config, host);
    return vertx(config, members, host, keys)
        .onFailure(e -> data.close())
        .compose(vertx -> {
          ClusterConnections connections = new ClusterConnections(vertx, host, keys);
          if (keys != null) {
            ClusterKeysWatch.start(vertx, keys, connections, ClusterKeysWatch.PERIOD_MS);
          }
          // A future of its own: one of an event loop could not fail after Vert.x has closed.
          Promise<Node> started = Promise.promise();
          bus(vertx, members)
              .onSuccess(bus -> {
                Node node = new Node(vertx, bus, members, connections, config, data);
                node.startAll(configuration, services)
                    .onSuccess(ready -> started.complete(node))
                    .onFailure(e -> node.stop().onComplete(stopped -> started.fail(e)));
              })
              .onFailure(started::tryFail);
          return started.future();
        });
  }

  private static Future<Vertx> vertx(
      NodeConfig config,
      @Nullable Members members,
      @Nullable String host,
      @Nullable ClusterKeys keys) {
    // All code has one class loader, so that no dispatch needs to set it.
    VertxOptions options = new VertxOptions().setPreferNativeTransport(true).setDisableTCCL(true);
    options.setEventLoopPoolSize(eventLoops(config));
    if (members == null || host == null) {
      return Future.succeededFuture(Vertx.vertx(options));
    }
    options.setEventBusOptions(Cluster.eventBus(host, keys));
    return Vertx.builder()
        .with(options)
        .withClusterManager(Cluster.manager(config, host, members, keys))
        .buildClustered();
  }

  private static Future<Bus> bus(Vertx vertx, @Nullable Members members) {
    return members == null ? Future.succeededFuture(Bus.on(vertx)) : Bus.among(members, vertx);
  }

  private static int eventLoops(NodeConfig config) {
    return config.threads() > 0 ? config.threads() : Runtime.getRuntime().availableProcessors();
  }

  private Future<Void> startAll(Configuration configuration, List<ServiceDefinition<?>> services) {
    Health health = health();
    ServiceInstance.ProcessContext process =
        new ServiceInstance.ProcessContext(
            vertx,
            bus,
            processId,
            hostName(),
            config.data().toAbsolutePath().normalize(),
            config.cluster(),
            connections,
            metrics,
            health,
            diagnostics,
            logLevels,
            configuration,
            config.drainTime(),
            tracing,
            banner::put);
    for (ServiceDefinition<?> service : services) {
      instances.put(
          service.name(),
          new ServiceInstance(service.name(), Call.newRequestId(), version(service), process));
    }
    Future<Void> started = Future.succeededFuture();
    if (config.managementPort() > 0) {
      started =
          ManagementServer.start(vertx, config, health, metrics)
              .onSuccess(server -> management = server)
              .mapEmpty();
    }
    List<ServiceDefinition<?>> first = services.subList(0, Math.max(0, services.size() - 1));
    return started
        .compose(ignored ->
            Future.join(first.stream().map(service -> deploy(configuration, service)).toList()))
        .compose(ignored ->
            services.isEmpty()
                ? Future.succeededFuture()
                : deploy(configuration, services.getLast()))
        .onSuccess(ready -> {
          registerProcessMetrics();
          diagnose();
        });
  }

  /** The first look is a period later: at the start there is nothing to find that it prevents. */
  private void diagnose() {
    MeterChecks.register(diagnostics, metrics);
    diagnostics.register(
        null, "event loops", new EventLoopCheck(((VertxInternal) vertx).nettyEventLoopGroup()));
    if (members != null
        && MembersMetCheck.namesOthers(
            config.clusterMembers(), Cluster.host(config), config.clusterPort())) {
      diagnostics.register(
          null,
          "members that were met",
          new MembersMetCheck(
              () -> members.present() + members.unreachable(), config.clusterMembers()));
    }
    diagnostics.register(
        null,
        "readiness",
        () -> {
          List<String> problems = problems();
          return problems.isEmpty()
              ? List.of()
              : List.of(
                  Symptom.of(
                      FindingCode.NOT_READY,
                      "/health/ready is 503: " + String.join("; ", problems) + "."));
        });
    vertx.setPeriodic(
        Diagnostics.PERIOD.toMillis(),
        _ -> {
          diagnostics.look();
          logLevels.expire();
        });
  }

  /** Not awaited: a process that is ready takes requests, and nobody reads metrics that soon. */
  private void registerProcessMetrics() {
    vertx
        .executeBlocking(
            () -> {
              processMetrics.register();
              return true;
            },
            false)
        .onFailure(e -> LOG.warn("metrics of the JVM are missing", e));
  }

  private <C extends Record> Future<Void> deploy(
      Configuration configuration, ServiceDefinition<C> service) {
    ServiceInstance instance = Objects.requireNonNull(instances.get(service.name()));
    C section = configuration.section(service.configPrefix(), service.configType());
    ServiceDeployment deployment = new ServiceDeployment(vertx, instance);
    int verticles = service.instances() == Instances.PER_EVENT_LOOP ? eventLoops(config) : 1;
    return deployment
        .start(service, section, verticles)
        .onComplete(started -> {
          if (deployment.running()) {
            deployed.add(deployment);
          }
        });
  }

  private static String version(ServiceDefinition<?> service) {
    String version = service.configType().getPackage().getImplementationVersion();
    return ProcessMetrics.withCommit(version);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private Map<String, String> states() {
    Map<String, String> states = new LinkedHashMap<>();
    instances.forEach((name, instance) -> states.put(name, instance.state().label()));
    return states;
  }

  /** Lines for the person who started the process: label and text. */
  public Map<String, String> banner() {
    synchronized (banner) {
      return new LinkedHashMap<>(banner);
    }
  }

  /** The bus, for calls from outside any service. */
  public Bus bus() {
    return bus;
  }

  /** The Vert.x instance. */
  public Vertx vertx() {
    return vertx;
  }

  /** State of each service, and what keeps the process from its work. */
  public Health health() {
    return new Health() {
      @Override
      public Map<String, String> states() {
        return Node.this.states();
      }

      @Override
      public List<String> problems() {
        return Node.this.problems();
      }
    };
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (members != null && members.present() == 0 && members.unreachable() > 0) {
      problems.add("none of the other members of the cluster answers");
    }
    instances.values().forEach(instance -> problems.addAll(instance.problems()));
    return problems;
  }

  ClusterConnections connections() {
    return connections;
  }

  /** How the process was configured. */
  public NodeConfig config() {
    return config;
  }

  /**
   * Stops in order: the last service first, then the others at once, each draining before it
   * closes; then the management port, the cluster, the data directory. Completes even when a step
   * fails, which is logged.
   */
  public Future<Void> stop() {
    List<ServiceDeployment> running = List.copyOf(deployed);
    // Each step hangs on this first one, which belongs to no event loop: a future that belonged to
    // one could not say that Vert.x has closed, for by then there are no event loops.
    Future<Void> stopped = Future.succeededFuture();
    if (running.size() > 1) {
      stopped = stopped.compose(ignored -> running.getLast().stop());
    }
    int others = Math.max(1, running.size() - 1);
    stopped =
        stopped.compose(ignored ->
            Future.join(running.stream().limit(others).map(ServiceDeployment::stop).toList())
                .mapEmpty());
    // A future of its own: those of the steps belong to event loops, and when Vert.x has closed
    // there is none left to complete them on.
    Promise<Void> over = Promise.promise();
    stopped
        .compose(ignored -> bus.leave())
        .compose(ignored -> management == null ? Future.succeededFuture() : management.close())
        .otherwise(e -> logged("management port", e))
        .compose(ignored -> connections.close())
        .otherwise(e -> logged("connections between members", e))
        .onComplete(ignored -> {
          // At once with the cluster, so that a slow collector takes no time of its own.
          CompletableFuture<Void> flushed = tracing.stop();
          vertx
              .close()
              .otherwise(e -> logged("Vert.x", e))
              .onComplete(closed -> flushed.thenRun(() -> left(over, true)));
          // By a thread that is not of Vert.x, whose timers end with it.
          CompletableFuture.delayedExecutor(LEAVE_S, TimeUnit.SECONDS)
              .execute(() -> left(over, false));
        });
    return over.future();
  }

  /**
   * Releases the data directory and completes the shutdown. All services are stopped and their
   * stores closed by now, so a slow cluster (all members leaving at once) need not be awaited; the
   * remaining members notice the lost connection.
   */
  private void left(Promise<Void> over, boolean inOrder) {
    synchronized (over) {
      if (!over.future().isComplete()) {
        if (!inOrder) {
          LOG.warn("cluster shutdown timed out after {} s; exiting without a clean leave", LEAVE_S);
        }
        diagnostics.close();
        processMetrics.close();
        dataDirectory.close();
        over.complete();
      }
    }
  }

  private static @Nullable Void logged(String what, Throwable e) {
    LOG.warn("{} did not stop cleanly", what, e);
    return null;
  }
}
