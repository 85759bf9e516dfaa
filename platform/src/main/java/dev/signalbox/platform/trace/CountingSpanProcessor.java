package dev.signalbox.platform.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenTelemetry's batch processor, of which every span that is sent or dropped is counted. It takes
 * no more spans than have room, sends each once, and no request waits for it.
 */
final class CountingSpanProcessor implements SpanProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);

  /** How long the collector may take for a batch. */
  static final Duration SEND = Duration.ofSeconds(5);

  private static final int ROOM = 4_096;
  private static final int BATCH = 512;
  private static final Duration GATHER = Duration.ofMillis(500);
  private static final long QUIET_NS = 600_000_000_000L;
  private static final long STOP_MS = 2_000;

  private final URI endpoint;
  private final SpanProcessor batches;
  // Spans that are neither sent nor dropped yet. The library's queue is as long as it may become,
  // so that it never drops one uncounted.
  private final AtomicInteger held = new AtomicInteger();
  private final Counter sent;
  private final Counter noRoom;
  private final Counter notTaken;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
  private volatile boolean stopping;

  CountingSpanProcessor(SpanExporter exporter, URI endpoint, MeterRegistry metrics) {
    this.endpoint = endpoint;
    this.sent =
        Counter.builder("signalbox.trace.spans.sent")
            .description("Spans that the collector took")
            .register(metrics);
    this.noRoom = dropped(metrics, "full");
    this.notTaken = dropped(metrics, "collector");
    this.batches =
        BatchSpanProcessor.builder(new CountingExporter(exporter))
            .setMaxQueueSize(ROOM)
            .setMaxExportBatchSize(BATCH)
            .setScheduleDelay(GATHER)
            .build();
  }

  private static Counter dropped(MeterRegistry metrics, String reason) {
    return Counter.builder("signalbox.trace.spans.dropped")
        .description("Spans that never reached the collector")
        .tag("reason", reason)
        .register(metrics);
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (!span.getSpanContext().isSampled()) {
      return;
    }
    if (!stopping) {
      if (held.incrementAndGet() <= ROOM) {
        batches.onEnd(span);
        return;
      }
      held.decrementAndGet();
    }
    lost(noRoom, 1, "they come faster than they can be sent");
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  /** Counts every span, and logs one loss in ten minutes. */
  private void lost(Counter counter, int spans, String why) {
    counter.increment(spans);
    long quiet = quietUntil.get();
    long now = System.nanoTime();
    if (now - quiet >= 0 && quietUntil.compareAndSet(quiet, now + QUIET_NS)) {
      LOG.warn("spans for {} are dropped: {}", endpoint, why);
    }
  }

  /** Sends what is left, within two seconds. Completes in any case. */
  CompletableFuture<Void> stop() {
    stopping = true;
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableResultCode shutdown = batches.shutdown();
    shutdown.whenComplete(() -> over.complete(null));
    return over.completeOnTimeout(null, STOP_MS, TimeUnit.MILLISECONDS)
        .thenRun(() -> {
          int left = held.getAndSet(0);
          if (left > 0) {
            lost(notTaken, left, "the collector is too slow for the end of the process");
          }
        });
  }

  /** Called by the thread of the batch processor alone. */
  private final class CountingExporter implements SpanExporter {

    private final SpanExporter exporter;

    CountingExporter(SpanExporter exporter) {
      this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      boolean taken;
      try {
        // A copy: the list is used again for the next batch, also when this one is still being
        // sent.
        taken =
            exporter
                .export(List.copyOf(batch))
                .join(SEND.toMillis(), TimeUnit.MILLISECONDS)
                .isSuccess();
      } catch (RuntimeException e) {
        LOG.debug("spans could not be sent", e);
        taken = false;
      }
      if (held.addAndGet(-batch.size()) < 0) {
        return CompletableResultCode.ofFailure(); // The stop has counted them as lost.
      }
      if (taken) {
        sent.increment(batch.size());
        return CompletableResultCode.ofSuccess();
      }
      lost(notTaken, batch.size(), "the collector rejects them or is not reachable");
      return CompletableResultCode.ofFailure();
    }

    @Override
    public CompletableResultCode flush() {
      return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return exporter.shutdown();
    }
  }
}
