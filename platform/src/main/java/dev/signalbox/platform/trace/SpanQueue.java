package dev.signalbox.platform.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ended spans on their way to the collector, sent in batches by one thread. A span that finds no
 * room is dropped and counted, as is one that the collector rejects. No request waits for it.
 */
final class SpanQueue implements SpanProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);

  /** How long the collector may take for a batch. */
  static final Duration SEND = Duration.ofSeconds(5);

  private static final int ROOM = 4_096;
  private static final int BATCH = 512;
  private static final long GATHER_NS = 500_000_000;
  private static final long QUIET_NS = 600_000_000_000L;
  private static final long LOOK_MS = 100;
  private static final long STOP_MS = 2_000;

  private final BlockingQueue<ReadableSpan> waiting = new ArrayBlockingQueue<>(ROOM);
  private final SpanExporter exporter;
  private final URI endpoint;
  private final Counter sent;
  private final Counter noRoom;
  private final Counter notTaken;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile boolean stopping;

  private SpanQueue(SpanExporter exporter, URI endpoint, MeterRegistry metrics) {
    this.exporter = exporter;
    this.endpoint = endpoint;
    this.sent =
        Counter.builder("signalbox.trace.spans.sent")
            .description("Spans that the collector took")
            .register(metrics);
    this.noRoom = dropped(metrics, "full");
    this.notTaken = dropped(metrics, "collector");
  }

  private static Counter dropped(MeterRegistry metrics, String reason) {
    return Counter.builder("signalbox.trace.spans.dropped")
        .description("Spans that never reached the collector")
        .tag("reason", reason)
        .register(metrics);
  }

  static SpanQueue start(SpanExporter exporter, URI endpoint, MeterRegistry metrics) {
    var queue = new SpanQueue(exporter, endpoint, metrics);
    Thread.ofPlatform().name("signalbox-trace").daemon().start(queue::run);
    return queue;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (span.getSpanContext().isSampled() && (stopping || !waiting.offer(span))) {
      lost(noRoom, 1, "they come faster than they can be sent");
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  private void run() {
    try {
      List<SpanData> batch = new ArrayList<>(BATCH);
      while (!stopping || !waiting.isEmpty()) {
        gather(batch);
        if (!batch.isEmpty()) {
          send(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.complete(null);
      exporter.shutdown();
    }
  }

  /** Waits for the first, and a little for others to go with it. */
  private void gather(List<SpanData> batch) throws InterruptedException {
    long end = 0;
    while (batch.size() < BATCH && (batch.isEmpty() || System.nanoTime() - end < 0)) {
      ReadableSpan next = waiting.poll(stopping ? 0 : LOOK_MS, TimeUnit.MILLISECONDS);
      if (next != null) {
        end = batch.isEmpty() ? System.nanoTime() + GATHER_NS : end;
        batch.add(next.toSpanData());
      } else if (stopping) {
        return;
      }
    }
  }

  private void send(List<SpanData> batch) {
    boolean taken;
    try {
      taken =
          exporter
              .export(List.copyOf(batch))
              .join(SEND.toMillis(), TimeUnit.MILLISECONDS)
              .isSuccess();
    } catch (RuntimeException e) {
      LOG.debug("spans could not be sent", e);
      taken = false;
    }
    if (taken) {
      sent.increment(batch.size());
    } else {
      lost(notTaken, batch.size(), "the collector rejects them or is not reachable");
    }
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

  CompletableFuture<Void> stop() {
    stopping = true;
    return over.completeOnTimeout(null, STOP_MS, TimeUnit.MILLISECONDS)
        .thenRun(() -> {
          int left = waiting.size();
          if (left > 0) {
            lost(notTaken, left, "the collector is too slow for the end of the process");
          }
        });
  }
}
