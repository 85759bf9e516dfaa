package dev.signalbox.gateway;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.door.Admission;
import dev.signalbox.gateway.task.BatchMemory;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.service.ServiceContext;
import io.micrometer.core.instrument.Gauge;
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

  private final ServiceDirectory directory;
  private final Admission admission;
  private final BatchMemory batchMemory = new BatchMemory();
  private final Access access;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger verticles = new AtomicInteger();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private @Nullable Future<Void> listening;

  private GatewayShared(GatewayConfig config) {
    this.directory = new ServiceDirectory(config.silence().toNanos(), System::nanoTime);
    this.admission = new Admission(config.maxInFlight(), config.maxWaiting());
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
      Gauge.builder("signalbox.gateway.in.flight", admission, Admission::inFlight)
          .description("Requests that the gateway has begun and not ended")
          .register(context.metrics());
      Gauge.builder("signalbox.gateway.waiting", admission, Admission::waiting)
          .description("Requests that wait because too many are in flight")
          .register(context.metrics());
      Gauge.builder("signalbox.gateway.connections", connections, AtomicInteger::get)
          .description("Open connections of clients at all doors")
          .register(context.metrics());
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

  Admission admission() {
    return admission;
  }

  BatchMemory batchMemory() {
    return batchMemory;
  }

  Access access() {
    return access;
  }

  AtomicInteger connections() {
    return connections;
  }
}
