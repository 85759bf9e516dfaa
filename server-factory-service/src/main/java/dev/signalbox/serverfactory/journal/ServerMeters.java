package dev.signalbox.serverfactory.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one server among those of the process, until they are removed. Routes have none: a
 * server may have a thousand.
 */
public final class ServerMeters {

  private final MeterRegistry registry;
  private final Timer requests;
  private final Counter matched;
  private final Counter unmatched;
  private final Counter faults;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final List<Meter> all;
  private final @Nullable Counter[] responses = new Counter[6];

  /**
   * Registers the meters of a server.
   *
   * @param name of the server; null for none
   */
  public ServerMeters(MeterRegistry registry, String serverId, @Nullable String name) {
    Tags tags = Tags.of("server", serverId, "name", name == null ? "" : name);
    this.registry = registry;
    this.requests =
        Timer.builder("signalbox.server.requests")
            .description("Time from the head of a request to the end of its response")
            .tags(tags)
            .register(registry);
    this.matched =
        Counter.builder("signalbox.server.matched")
            .description("Requests that a route or the page answered")
            .tags(tags)
            .register(registry);
    this.unmatched =
        Counter.builder("signalbox.server.unmatched")
            .description("Requests that neither a route nor the page answered")
            .tags(tags)
            .register(registry);
    this.faults =
        Counter.builder("signalbox.server.faults")
            .description("Faults played instead of a response")
            .tags(tags)
            .register(registry);
    Gauge waiting =
        Gauge.builder("signalbox.server.in.flight", inFlight, AtomicInteger::get)
            .description("Requests that are being answered")
            .tags(tags)
            .register(registry);
    this.all = List.of(requests, matched, unmatched, faults, waiting);
  }

  void began() {
    inFlight.incrementAndGet();
  }

  void ended(boolean byRoute, int status, boolean fault, long micros) {
    responses(status).increment();
    inFlight.decrementAndGet();
    (byRoute ? matched : unmatched).increment();
    if (fault) {
      faults.increment();
    }
    requests.record(micros, TimeUnit.MICROSECONDS);
  }

  /** Of all servers of the process, and kept when they are gone; made with the first response. */
  private Counter responses(int status) {
    int index = status >= 100 && status < 600 ? status / 100 : 0;
    Counter counter = responses[index];
    if (counter == null) {
      counter =
          Counter.builder("signalbox.server.responses")
              .description("Responses of all servers of the process, by class of status")
              .tag("status", index == 0 ? "none" : index + "xx")
              .register(registry);
      responses[index] = counter;
    }
    return counter;
  }

  /** Removes the meters from those of the process. */
  public void remove() {
    all.forEach(registry::remove);
  }
}
