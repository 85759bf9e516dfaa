package dev.signalbox.storage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** The meters of one service's storage. */
final class StorageMetrics {

  private static final double[] BATCHES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer commits;
  private final DistributionSummary batches;
  private final Counter failures;

  StorageMetrics(MeterRegistry registry, String service) {
    this.registry = registry;
    this.tags = Tags.of("service", service);
    this.commits =
        Timer.builder("signalbox.storage.commit")
            .description("Time from beginning a transaction of writes to its end on the disk")
            .tags(tags)
            .register(registry);
    this.batches =
        DistributionSummary.builder("signalbox.storage.commit.writes")
            .description("Writes that share a transaction")
            .serviceLevelObjectives(BATCHES)
            .tags(tags)
            .register(registry);
    this.failures =
        Counter.builder("signalbox.storage.commits.failed")
            .description("Transactions of writes that could not be committed")
            .tags(tags)
            .register(registry);
  }

  /** Shows the queues, and whether the last read and the last write succeeded. */
  void show(WorkQueue writes, WorkQueue reads, StorageErrors errors) {
    Gauge.builder("signalbox.storage.writes.waiting", writes, WorkQueue::size)
        .description("Writes that wait for the next transaction")
        .tags(tags)
        .register(registry);
    Gauge.builder("signalbox.storage.reads.waiting", reads, WorkQueue::size)
        .description("Reads that wait for a connection")
        .tags(tags)
        .register(registry);
    Gauge.builder("signalbox.storage.available", errors, known -> known.available() ? 1 : 0)
        .description(
            "Whether the last read and the last write found it reachable and with room: 1 or 0")
        .tags(tags)
        .register(registry);
  }

  void committed(int writes, long nanos) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
    batches.record(writes);
  }

  void failed() {
    failures.increment();
  }
}
