package dev.signalbox.dnsclient.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What the cache tells about itself. */
final class CacheMeters {

  private static final String REQUESTS = "signalbox.dns.cache.requests";
  private static final String REMOVALS = "signalbox.dns.cache.removals";

  private final MeterRegistry registry;
  private final String client;
  private final Counter hits;
  private final Counter misses;
  private final Counter shared;
  private final Counter evicted;
  private final Counter expired;
  private final List<Meter> gauges = new ArrayList<>();

  /**
   * @param client whose cache it is, unique among the caches of a process
   */
  CacheMeters(MeterRegistry registry, String client) {
    this.registry = registry;
    this.client = client;
    this.hits = requests("hit");
    this.misses = requests("miss");
    this.shared = requests("shared");
    this.evicted = removals("size");
    this.expired = removals("expired");
  }

  private Counter requests(String result) {
    return Counter.builder(REQUESTS)
        .description(
            "Questions by how the cache answered them: hit, miss, or shared with a query under way")
        .tags("client", client, "result", result)
        .register(registry);
  }

  private Counter removals(String cause) {
    return Counter.builder(REMOVALS)
        .description("Answers that left the cache, by cause")
        .tags("client", client, "cause", cause)
        .register(registry);
  }

  void sizes(Supplier<Number> entries, Supplier<Number> bytes) {
    gauges.add(
        Gauge.builder("signalbox.dns.cache.entries", entries)
            .description("Answers in the cache")
            .tags("client", client)
            .register(registry));
    gauges.add(
        Gauge.builder("signalbox.dns.cache.bytes", bytes)
            .description("Estimated size of the answers in the cache")
            .baseUnit(BaseUnits.BYTES)
            .tags("client", client)
            .register(registry));
  }

  void hit() {
    hits.increment();
  }

  void missed() {
    misses.increment();
  }

  void joined() {
    shared.increment();
  }

  void evicted() {
    evicted.increment();
  }

  void expired() {
    expired.increment();
  }

  void close() {
    gauges.forEach(registry::remove);
  }
}
