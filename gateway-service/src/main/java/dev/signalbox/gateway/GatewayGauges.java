package dev.signalbox.gateway;

import dev.signalbox.gateway.events.EventMemory;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.platform.limit.MemoryBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** How much of what all event loops share is in use. */
final class GatewayGauges {

  private GatewayGauges() {}

  static void register(GatewayShared shared, MeterRegistry metrics) {
    Gauge.builder("signalbox.gateway.in.flight", shared.requests, ConcurrencyLimiter::inFlight)
        .description("Requests in flight over all event loops")
        .register(metrics);
    Gauge.builder("signalbox.gateway.streams", shared.streams, ConcurrencyLimiter::inFlight)
        .description("Requests in flight that stream their body: uploads and streams of tasks")
        .register(metrics);
    Gauge.builder("signalbox.gateway.proxied", shared.proxied, ConcurrencyLimiter::inFlight)
        .description("Requests in flight that are passed on to servers on demand")
        .register(metrics);
    Gauge.builder(
            "signalbox.gateway.archives", shared.downloads.archives(), ConcurrencyLimiter::inFlight)
        .description("Archives of folders that are sent")
        .register(metrics);
    Gauge.builder(
            "signalbox.gateway.event.readers", shared.eventReaders, ConcurrencyLimiter::inFlight)
        .description("Readers of events over all event loops")
        .register(metrics);
    Gauge.builder("signalbox.gateway.waiting", shared.requests, ConcurrencyLimiter::waiting)
        .description("Requests in the queue for a permit")
        .register(metrics);
    Gauge.builder("signalbox.gateway.connections", shared.connections, AtomicInteger::get)
        .description("Client connections over all event loops")
        .register(metrics);
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
}
