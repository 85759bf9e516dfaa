package dev.signalbox.testsupport;

import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.platform.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A trace of a test, sent to a collector on loopback: a root, and below it what is tested. */
public final class TestTrace implements AutoCloseable {

  private final FakeCollector collector = FakeCollector.start();
  private final Tracing tracing;
  private final Span root;
  private final TraceContext context;

  private TestTrace(double ratio) {
    tracing =
        Tracing.to(URI.create(collector.url() + "/v1/traces"), ratio, new SimpleMeterRegistry());
    Tracer tracer = Objects.requireNonNull(tracing.tracer("test-service", "n1", "1"));
    root = Spans.start(tracer, SpanKind.SERVER, "root", null);
    context = Objects.requireNonNull(TraceContext.below(tracer, root));
  }

  /** One that is kept. */
  public static TestTrace begin() {
    return new TestTrace(1);
  }

  /** One that is not sampled. */
  public static TestTrace beginUnsampled() {
    return new TestTrace(0);
  }

  /** What the tested work is part of. */
  public TraceContext context() {
    return context;
  }

  /** Id of the root's span, in hex. */
  public String rootId() {
    return root.getSpanContext().getSpanId();
  }

  /** Ends the trace: every span that has ended by now, without the root. */
  public List<CollectedSpan> end() {
    root.end();
    CompletableFuture<?> stopped = tracing.stop();
    if (root.getSpanContext().isSampled()) {
      // The stop waits for two seconds alone; the root is sent after all that ended before it.
      collector.await("the root", span -> span.spanId().equals(rootId()));
    }
    stopped.join();
    return collector.spans().stream().filter(span -> !span.spanId().equals(rootId())).toList();
  }

  @Override
  public void close() {
    tracing.stop().join();
    collector.close();
  }
}
