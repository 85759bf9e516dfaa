package dev.signalbox.httpprobe.phase;

import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/** Times the phases of one hop. Phases do not overlap: beginning one ends the one before. */
public final class PhaseClock {

  private final EnumMap<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private @Nullable Phase current;
  private long since;

  public void begin(Phase phase) {
    long now = System.nanoTime();
    close(now);
    current = phase;
    since = now;
  }

  /** Ends what is under way; nothing when nothing is. */
  public void end() {
    close(System.nanoTime());
  }

  /** Forgets a phase that led to nothing. */
  public void drop(Phase phase) {
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
  }
}
