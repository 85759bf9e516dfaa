package dev.signalbox.httpprobe.phase;

import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/**
 * Times the phases of one hop, and makes a span of each when the hop is traced. Phases do not
 * overlap: beginning one ends the one before.
 */
public final class PhaseClock {

  private final EnumMap<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private final @Nullable TraceContext hop;
  private @Nullable Span span;
  private @Nullable Phase current;
  private long since;

  /** A clock of a hop that is not traced. */
  public PhaseClock() {
    this(null);
  }

  /**
   * A clock.
   *
   * @param hop what the phases are part of; null when not traced
   */
  public PhaseClock(@Nullable TraceContext hop) {
    this.hop = hop;
  }

  public void begin(Phase phase) {
    long now = System.nanoTime();
    close(now);
    current = phase;
    since = now;
    span = TraceContext.internal(hop, phase.key());
  }

  /** Ends what is under way; nothing when nothing is. */
  public void end() {
    close(System.nanoTime());
  }

  /** What the work of the present phase is part of; null when not traced. */
  public @Nullable TraceContext trace() {
    return TraceContext.below(hop, span);
  }

  /** Ends what is under way as failed; nothing when nothing is. */
  public void fail(Throwable why) {
    if (span != null) {
      fail(span, why);
      span = null;
    }
    close(System.nanoTime());
  }

  /** Ends a span of a phase, or of its hop, as failed. */
  public static void fail(Span span, Throwable why) {
    if (why instanceof ProbeException probe) {
      Spans.fail(span, probe.error().code(), true);
    } else {
      Spans.fail(span, why); // A caller that has left is no defect of the target.
    }
  }

  /** Forgets a phase that led to nothing. */
  public void drop(Phase phase) {
    if (span != null) {
      Spans.fail(span, "CONNECTION_LOST", false);
      span = null;
    }
    close(System.nanoTime());
    nanos.remove(phase);
  }

  /** What is under way, or was last. */
  public @Nullable Phase current() {
    return current;
  }

  public Timings read() {
    return new Timings(nanos);
  }

  private void close(long now) {
    if (current != null && since != 0) {
      nanos.merge(current, now - since, Long::sum);
      since = 0;
    }
    if (span != null) {
      span.end();
      span = null;
    }
  }
}
