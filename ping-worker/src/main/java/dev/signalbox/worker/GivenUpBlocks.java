package dev.signalbox.worker;

import dev.signalbox.worker.state.WorkerState.GivenUpBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks that cannot be pinged from here, so that they are not begun again when the site leases
 * them again. They are remembered for a day; of more than {@link #MOST} the oldest is forgotten.
 * Used by one thread.
 */
final class GivenUpBlocks {

  static final int MOST = 256;

  private static final Duration REMEMBERED = Duration.ofDays(1);

  private final Map<Integer, Instant> givenUpAt = new LinkedHashMap<>();

  /** Goes on with what {@link #state} said. */
  void resume(List<GivenUpBlock> stored) {
    stored.forEach(block -> add(block.index(), Instant.parse(block.at())));
  }

  void add(int index, Instant now) {
    givenUpAt.remove(index);
    givenUpAt.put(index, now);
    if (givenUpAt.size() > MOST) {
      givenUpAt.remove(givenUpAt.keySet().iterator().next());
    }
  }

  boolean contains(int index, Instant now) {
    Instant at = givenUpAt.get(index);
    // A time in the future is that of a clock that was wrong.
    return at != null && Duration.between(at, now).abs().compareTo(REMEMBERED) < 0;
  }

  /** What it takes to go on in another process, the oldest first. */
  List<GivenUpBlock> state() {
    return givenUpAt.entrySet().stream()
        .map(block -> new GivenUpBlock(block.getKey(), block.getValue().toString()))
        .toList();
  }
}
