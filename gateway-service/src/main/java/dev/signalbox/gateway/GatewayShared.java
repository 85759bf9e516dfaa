package dev.signalbox.gateway;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.service.ServiceContext;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.shareddata.Shareable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the gateway's verticles, one on each event loop, have in common. */
final class GatewayShared implements Shareable {

  private static final String MAP = "signalbox.gateway";
  private static final long SWEEP_MS = 1_000;

  /** Bodies may take a fourth of the heap. */
  private static final int BODIES_SHARE = 4;

  /** The answers of batches another. */
  private static final int ANSWERS_SHARE = 4;

  private final ServiceDirectory directory;
  private final ConcurrencyLimiter requests;
  private final ConcurrencyLimiter streams;
  private final ClientQuotas quotas;
  private final MemoryBudget memory = MemoryBudget.ofHeap(BODIES_SHARE);
  private final MemoryBudget batchMemory = MemoryBudget.ofHeap(ANSWERS_SHARE);
  private final Access access;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger verticles = new AtomicInteger();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private @Nullable Future<Void> listening;

  private GatewayShared(GatewayConfig config) {
    this.directory = new ServiceDirectory(config.silence().toNanos(), System::nanoTime);
    this.requests = new ConcurrencyLimiter(config.maxInFlight(), config.maxWaiting());
    this.streams = new ConcurrencyLimiter(Math.max(1, config.maxInFlight() / 4), 0);
    this.quotas = new ClientQuotas(config.maxConnectionsPerClient(), config.maxRequestsPerClient());
    this.access = config.access();
  }

  /** The one of this instance of the service. */
  static GatewayShared of(GatewayConfig config, ServiceContext context) {
    return context
        .vertx()
        .sharedData()
        .<String, GatewayShared>getLocalMap(MAP)
        .computeIfAbsent(context.node(), _ -> new GatewayShared(config));
  }

  /** Listens for announcements, on the event loop of whichever verticle comes first. */
  synchronized Future<Void> listen(ServiceContext context) {
    if (listening == null) {
      context.vertx().setPeriodic(SWEEP_MS, _ -> directory.sweep());
      register(context.metrics());
      listening =
          context
              .bus()
              .subscribe(Announcement.EVENT, directory::heard)
              .onSuccess(_ -> context.bus().publish(Announcement.WANTED, Empty.EMPTY))
              .mapEmpty();
    }
    return listening;
  }

  /** Whether nobody has said this yet: each thing is said once, not once for each event loop. */
  boolean first(String thing) {
    return told.add(thing);
  }

  /** Does a thing once; whoever comes meanwhile goes on only when it is done. */
  synchronized void once(String thing, Runnable action) {
    if (first(thing)) {
      action.run();
    }
  }

  /** Number of a verticle, from 0. */
  int enter() {
    return verticles.getAndIncrement();
  }

  ServiceDirectory directory() {
    return directory;
  }

  private void register(MeterRegistry metrics) {
    Gauge.builder("signalbox.gateway.in.flight", requests, ConcurrencyLimiter::inFlight)
        .description("Requests in flight over all event loops")
        .register(metrics);
    Gauge.builder("signalbox.gateway.streams", streams, ConcurrencyLimiter::inFlight)
        .description(
            "Requests in flight whose body is pulled, such as uploads and streams of tasks")
        .register(metrics);
    Gauge.builder("signalbox.gateway.waiting", requests, ConcurrencyLimiter::waiting)
        .description("Requests that wait for one in flight to end")
        .register(metrics);
    Gauge.builder("signalbox.gateway.connections", connections, AtomicInteger::get)
        .description("Client connections over all event loops")
        .register(metrics);
    Gauge.builder("signalbox.gateway.bodies", memory, MemoryBudget::held)
        .description("Memory held for bodies of requests")
        .baseUnit("bytes")
        .register(metrics);
  }

  /** Places of requests whose body is there. */
  ConcurrencyLimiter requests() {
    return requests;
  }

  /** Places of requests whose body is pulled. */
  ConcurrencyLimiter streams() {
    return streams;
  }

  /** What one client may have. */
  ClientQuotas quotas() {
    return quotas;
  }

  /** What all bodies may take. */
  MemoryBudget memory() {
    return memory;
  }

  /** What the answers of all batches may take. */
  MemoryBudget batchMemory() {
    return batchMemory;
  }

  Access access() {
    return access;
  }

  AtomicInteger connections() {
    return connections;
  }
}
