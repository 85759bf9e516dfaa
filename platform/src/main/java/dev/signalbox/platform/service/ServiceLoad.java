package dev.signalbox.platform.service;

import dev.signalbox.contracts.Announcement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * How busy an instance is, as it announces it: the operations it serves on the bus, and what else a
 * service counts here, such as the HTTP requests of the gateway. Any thread may use it.
 */
public final class ServiceLoad {

  private final LongAdder inFlight = new LongAdder();
  private final LongAdder handled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LatencyWindow latencies = new LatencyWindow();
  private final List<IntSupplier> others = new CopyOnWriteArrayList<>();

  ServiceLoad() {}

  /**
   * Adds requests in flight that the service counts itself.
   *
   * @param more how many there are now; any thread asks
   */
  public void inFlight(IntSupplier more) {
    others.add(more);
  }

  /**
   * Counts a request that has ended.
   *
   * @param nanos from its beginning to its end
   * @param fault whether it failed for a reason on this side
   */
  public void ended(long nanos, boolean fault) {
    handled.increment();
    latencies.record(nanos);
    if (fault) {
      failed.increment();
    }
  }

  /** Counts an operation that has begun. */
  void begin() {
    inFlight.increment();
  }

  /** Counts the end of an operation that has begun. */
  void end(long nanos, boolean fault) {
    inFlight.decrement();
    ended(nanos, fault);
  }

  /** Counts a request that was refused and so is not timed. */
  void refused() {
    failed.increment();
  }

  long inFlight() {
    return inFlight.sum() + others.stream().mapToLong(IntSupplier::getAsInt).sum();
  }

  Announcement.Load announced() {
    latencies.turn();
    return new Announcement.Load(
        inFlight(),
        handled.sum(),
        failed.sum(),
        latencies.percentileMillis(0.50),
        latencies.percentileMillis(0.99));
  }
}
