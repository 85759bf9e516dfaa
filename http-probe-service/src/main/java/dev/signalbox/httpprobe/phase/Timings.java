package dev.signalbox.httpprobe.phase;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long the phases of one hop took; phases that did not occur are absent.
 *
 * @param nanos per phase, not cumulative
 */
public record Timings(Map<Phase, Long> nanos) {

  private static final double NANOS_PER_MICRO = 1_000;

  public Timings {
    nanos = Map.copyOf(nanos);
  }

  /** Sum of all phases. */
  public long totalNanos() {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  /** As in the result: every phase, null where it did not occur, and the total given. */
  public Map<String, @Nullable Object> toMap(long totalNanos) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Phase phase : Phase.values()) {
      Long value = nanos.get(phase);
      map.put(phase.key(), value == null ? null : millis(value));
    }
    map.put("total", millis(totalNanos));
    return map;
  }

  /** Milliseconds to the microsecond. */
  public static double millis(long nanos) {
    return Math.round(nanos / NANOS_PER_MICRO) / NANOS_PER_MICRO;
  }
}
