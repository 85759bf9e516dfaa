package dev.signalbox.platform.diagnostic;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much counters have grown lately. A counter that is seen for the first time began at zero: it
 * is younger than the process.
 */
final class Growth {

  private static final int MOST_KEYS = 2_000;

  private record Sample(long nanos, double total) {}

  private final long window;
  private final LongSupplier nanos;
  private final Map<Object, Deque<Sample>> samples = new HashMap<>();

  Growth(Duration window, LongSupplier nanos) {
    this.window = window.toNanos();
    this.nanos = nanos;
  }

  /**
   * The growth within the window.
   *
   * @param key of the counter
   * @param total its count now
   */
  double of(Object key, double total) {
    long now = nanos.getAsLong();
    if (samples.size() >= MOST_KEYS && !samples.containsKey(key)) {
      return 0;
    }
    Deque<Sample> known = samples.computeIfAbsent(key, _ -> new ArrayDeque<>());
    if (known.isEmpty()) {
      known.add(new Sample(now, 0));
    }
    if (total < known.getLast().total) {
      known.clear();
      known.add(new Sample(now, 0));
    }
    known.add(new Sample(now, total));
    while (known.size() > 1 && now - known.getFirst().nanos > window) {
      known.removeFirst();
    }
    return total - known.getFirst().total;
  }
}
