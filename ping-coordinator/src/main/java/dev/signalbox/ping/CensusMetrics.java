package dev.signalbox.ping;

import dev.signalbox.contracts.ping.GetProgressReply;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How far the census is, as last heard; the same at every replica of a database. */
final class CensusMetrics implements MeterBinder {

  private final AtomicReference<@Nullable GetProgressReply> last = new AtomicReference<>();

  /** What was read at the start; an event that came before it is newer. */
  void begin(GetProgressReply progress) {
    last.compareAndSet(null, progress);
  }

  void update(GetProgressReply progress) {
    last.set(progress);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    tasks(registry, "available", GetProgressReply::available);
    tasks(registry, "in_progress", GetProgressReply::inProgress);
    tasks(registry, "done", GetProgressReply::done);
    tasks(registry, "error", GetProgressReply::error);
    Gauge.builder("signalbox.census.round", () -> value(GetProgressReply::round))
        .description("The current round of the census, from 1")
        .register(registry);
    Gauge.builder("signalbox.census.answered.addresses", () -> value(GetProgressReply::answered))
        .description("Addresses that answered in the tasks done of this round")
        .register(registry);
  }

  private void tasks(
      MeterRegistry registry, String state, ToDoubleFunction<GetProgressReply> count) {
    Gauge.builder("signalbox.census.tasks", () -> value(count))
        .description("Tasks of the current round of the census by state")
        .tag("state", state)
        .register(registry);
  }

  private double value(ToDoubleFunction<GetProgressReply> count) {
    GetProgressReply progress = last.get();
    return progress == null ? Double.NaN : count.applyAsDouble(progress);
  }
}
