package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.routing.MountedRoute;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times requests by route and class of status. Belongs to one event loop; the registry gives the
 * same meter to all, and looking it up once keeps the tags off the hot path.
 */
final class RequestMeters {

  private static final int CLASSES = 6;

  private final MeterRegistry registry;
  private final IdentityHashMap<MountedRoute, @Nullable Timer[]> timers = new IdentityHashMap<>();
  private final @Nullable Timer[] unrouted = new Timer[CLASSES];

  RequestMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(@Nullable MountedRoute route, int status, long nanos) {
    @Nullable Timer[] classes =
        route == null ? unrouted : timers.computeIfAbsent(route, _ -> new Timer[CLASSES]);
    int index = Math.min(CLASSES - 1, Math.max(0, status / 100));
    Timer timer = classes[index];
    if (timer == null) {
      timer =
          Timer.builder("signalbox.gateway.requests")
              .description("Time to answer HTTP requests, by route and class of status")
              .tag("method", route == null ? "other" : route.methods().getFirst().name())
              .tag("route", route == null ? "none" : route.template())
              .tag("status", index + "xx")
              .register(registry);
      classes[index] = timer;
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }
}
