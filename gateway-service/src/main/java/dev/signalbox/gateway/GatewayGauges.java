package dev.signalbox.gateway;

import dev.signalbox.gateway.events.EventMemory;
import dev.signalbox.gateway.limit.RequestPermits.Kind;
import dev.signalbox.platform.limit.MemoryBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** How much of what all event loops share is in use. */
final class GatewayGauges {

  private final GatewayShared shared;
  private final MeterRegistry metrics;

  private GatewayGauges(GatewayShared shared, MeterRegistry metrics) {
    this.shared = shared;
    this.metrics = metrics;
  }

  static void register(GatewayShared shared, MeterRegistry metrics) {
    new GatewayGauges(shared, metrics).register();
  }

  private void register() {
    count(
        "signalbox.gateway.in.flight",
        "Requests in flight over all event loops",
        all -> all.permits.inFlight(Kind.REQUESTS));
    count(
        "signalbox.gateway.streams",
        "Requests in flight that stream their body: uploads and streams of tasks",
        all -> all.permits.inFlight(Kind.UPLOADS) + all.permits.inFlight(Kind.TASK_STREAMS));
    count(
        "signalbox.gateway.task.streams",
        "Streams of tasks in flight",
        all -> all.permits.inFlight(Kind.TASK_STREAMS));
    count(
        "signalbox.gateway.proxied",
        "Requests in flight that are passed on to servers on demand",
        all -> all.permits.inFlight(Kind.PROXIED));
    count(
        "signalbox.gateway.archives",
        "Archives of folders that are sent",
        all -> all.downloads.archives().inFlight());
    count(
        "signalbox.gateway.event.readers",
        "Readers of events over all event loops",
        all -> all.permits.inFlight(Kind.EVENT_STREAMS));
    count(
        "signalbox.gateway.waiting",
        "Requests in the queue for a permit",
        all -> all.permits.of(Kind.REQUESTS).waiting());
    count(
        "signalbox.gateway.connections",
        "Client connections over all event loops",
        all -> all.connections.get());
    Gauge.builder("signalbox.gateway.event.memory", shared.eventMemory, EventMemory::held)
        .description("Memory held for what readers of events have not read")
        .baseUnit("bytes")
        .register(metrics);
    shared.unread.bindTo(metrics, "signalbox.gateway.unread");
    shared.unreadProxied.bindTo(metrics, "signalbox.gateway.proxied.unread");
    Gauge.builder("signalbox.gateway.bodies", shared.bodyMemory, MemoryBudget::held)
        .description("Memory held for bodies of requests")
        .baseUnit("bytes")
        .register(metrics);
  }

  private void count(String name, String description, ToDoubleFunction<GatewayShared> value) {
    Gauge.builder(name, shared, value).description(description).register(metrics);
  }
}
