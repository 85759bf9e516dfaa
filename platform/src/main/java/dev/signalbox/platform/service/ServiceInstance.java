package dev.signalbox.platform.service;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.diagnostic.DiagnosticCheck;
import dev.signalbox.platform.diagnostic.Diagnostics;
import dev.signalbox.platform.log.LogLevels;
import dev.signalbox.platform.trace.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One service in one process: what it offers, how it does, and the announcements that tell the
 * gateways. Shared by the service's verticles.
 */
public final class ServiceInstance implements ServiceContext {

  /** How often an instance says that it is there. */
  public static final Duration ANNOUNCE_PERIOD = Duration.ofSeconds(2);

  /**
   * An instance silent for so long is gone: three periods. {@link Duration#multipliedBy} would load
   * {@link java.math.BigDecimal}, whose tables take a tenth of the start of a command.
   */
  public static final Duration SILENCE = Duration.ofMillis(3 * ANNOUNCE_PERIOD.toMillis());

  private final String name;
  private final String node;
  private final String version;
  private final ProcessContext process;
  private final @Nullable Tracer tracer;
  private final Bus bus;
  private final long sinceEpochMs = System.currentTimeMillis();
  private final List<String> operations = new CopyOnWriteArrayList<>();
  private final List<TaskType> taskTypes = new CopyOnWriteArrayList<>();
  private final Map<String, OperationMeter> meters = new ConcurrentHashMap<>();
  private final ServiceLoad load = new ServiceLoad();
  private final List<Supplier<@Nullable String>> problems = new CopyOnWriteArrayList<>();
  private volatile ServiceState state = new ServiceState.Starting();
  private volatile @Nullable String database;

  /**
   * What all services of a process share.
   *
   * @param vertx the Vert.x instance
   * @param bus the bus
   * @param id id of the process
   * @param host name of the machine
   * @param dataDirectory where durable state lies
   * @param clustered whether other processes belong to the system
   * @param members connections between members beside the bus
   * @param metrics meters
   * @param health state of all services
   * @param diagnostics what is wrong with the process
   * @param logLevels of the process
   * @param configuration all sections
   * @param drainTime how long a stopping service waits for its work in flight
   * @param tracing where its spans go
   * @param banner takes lines for the person who started the process
   */
  public record ProcessContext(
      Vertx vertx,
      Bus bus,
      String id,
      String host,
      Path dataDirectory,
      boolean clustered,
      MemberConnections members,
      MeterRegistry metrics,
      Health health,
      Diagnostics diagnostics,
      LogLevels logLevels,
      Configuration configuration,
      Duration drainTime,
      Tracing tracing,
      BiConsumer<String, String> banner) {}

  /** An instance of a service in a process; {@code node} must be unique in the cluster. */
  public ServiceInstance(String name, String node, String version, ProcessContext process) {
    this.name = name;
    this.node = node;
    this.version = version;
    this.process = process;
    this.tracer = process.tracing().tracer(name, node, version);
    this.bus = tracer == null ? process.bus() : process.bus().traced(tracer);
    process.diagnostics().instance(name, node);
    Gauge.builder("signalbox.service.in.flight", load, ServiceLoad::inFlight)
        .description("Requests that the service has begun and not ended")
        .tag("service", name)
        .register(process.metrics());
  }

  /** Where it is in its life. */
  public ServiceState state() {
    return state;
  }

  /** Says that it takes work, and announces it every two seconds and when asked, from now on. */
  public Future<Void> started() {
    if (state instanceof ServiceState.Starting starting) {
      state = starting.ready();
    }
    announce();
    vertx()
        .setPeriodic(
            ANNOUNCE_PERIOD.toMillis(),
            timer -> {
              if (state instanceof ServiceState.Stopped) {
                vertx().cancelTimer(timer);
              } else {
                announce();
              }
            });
    return bus()
        .subscribe(Announcement.WANTED, wanted -> announce())
        .compose(_ -> ProcessOperations.serve(process, node));
  }

  /** Says that it takes no new work. */
  public void draining() {
    if (state instanceof ServiceState.Ready ready) {
      state = ready.draining();
      announce();
    }
  }

  /** Says that it is over. */
  public void stopped() {
    state =
        switch (state) {
          case ServiceState.Starting starting -> starting.stopped();
          case ServiceState.Ready ready -> ready.draining().stopped();
          case ServiceState.Draining draining -> draining.stopped();
          case ServiceState.Stopped stopped -> stopped;
        };
    announce();
  }

  private void announce() {
    bus().publish(Announcement.EVENT, announcement());
  }

  /** What it tells the gateways now. */
  public Announcement announcement() {
    return new Announcement(
        name,
        node,
        process.host(),
        version,
        sinceEpochMs,
        state.label(),
        operations,
        taskTypes,
        load.announced(),
        database);
  }

  void offers(String address) {
    if (!operations.contains(address)) {
      operations.add(address);
    }
  }

  void offers(TaskType type) {
    if (taskTypes.stream().noneMatch(known -> known.name().equals(type.name()))) {
      taskTypes.add(type);
    }
  }

  OperationMeter meter(String address) {
    return meters.computeIfAbsent(
        address, operation -> new OperationMeter(metrics(), name, operation, load, tracer != null));
  }

  @Override
  public ServiceLoad load() {
    return load;
  }

  Duration drainTime() {
    return process.drainTime();
  }

  @Override
  public Vertx vertx() {
    return process.vertx();
  }

  @Override
  public Bus bus() {
    return bus;
  }

  @Override
  public @Nullable Tracer tracer() {
    return tracer;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public String process() {
    return process.id();
  }

  @Override
  public String host() {
    return process.host();
  }

  @Override
  public Path dataDirectory() {
    return process.dataDirectory();
  }

  @Override
  public boolean clustered() {
    return process.clustered();
  }

  @Override
  public MemberConnections members() {
    return process.members();
  }

  @Override
  public MeterRegistry metrics() {
    return process.metrics();
  }

  @Override
  public Health health() {
    return process.health();
  }

  @Override
  public void readyUnless(Supplier<@Nullable String> problem) {
    problems.add(problem);
  }

  @Override
  public void diagnose(String what, DiagnosticCheck check) {
    process.diagnostics().register(name, what, check);
  }

  /** What keeps it from its work although it is ready; empty when nothing does. */
  public List<String> problems() {
    return problems.stream().map(Supplier::get).filter(Objects::nonNull).toList();
  }

  @Override
  public <T extends Record> T config(String prefix, Class<T> type) {
    return process.configuration().section(prefix, type);
  }

  @Override
  public Future<Void> shares(SharedState shared, String identity) {
    database = identity;
    Duration wait = ANNOUNCE_PERIOD.plusMillis(500);
    return clustered()
        ? new ReplicaCheck(vertx(), bus, shared, this::announcement, wait).run()
        : Future.succeededFuture();
  }

  @Override
  public ServiceEndpoint endpoint(int maxInFlight) {
    return new ServiceEndpoint(this, maxInFlight);
  }

  @Override
  public void banner(String label, String text) {
    process.banner().accept(label, text);
  }
}
