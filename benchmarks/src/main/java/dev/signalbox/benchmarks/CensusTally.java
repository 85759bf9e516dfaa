package dev.signalbox.benchmarks;

import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What was acknowledged to all workers together, and how long it took. */
final class CensusTally {

  private static final int STEP_US = 100;
  private static final int STEPS = 100_000; // 10 s

  private final BitSet done = new BitSet();
  private final AtomicIntegerArray leases = new AtomicIntegerArray(STEPS + 1);
  private final AtomicIntegerArray results = new AtomicIntegerArray(STEPS + 1);
  private final AtomicLong leaseCalls = new AtomicLong();
  private @Nullable String failure;
  private int twice;

  void leased(long nanos) {
    leaseCalls.incrementAndGet();
    leases.incrementAndGet(step(nanos));
  }

  /** A result was acknowledged. */
  synchronized void submitted(int task, long nanos) {
    results.incrementAndGet(step(nanos));
    if (done.get(task)) {
      twice++;
    }
    done.set(task);
  }

  /** The first thing that went wrong is kept. */
  synchronized void failed(String what) {
    if (failure == null) {
      failure = what;
    }
  }

  synchronized @Nullable String failure() {
    return failure;
  }

  synchronized BitSet done() {
    return (BitSet) done.clone();
  }

  synchronized boolean clean() {
    return twice == 0;
  }

  synchronized String line(double seconds) {
    return String.format(
        Locale.ROOT,
        "pairs=%d seconds=%.2f rate=%.0f lease_calls=%d lease_p50_ms=%.1f lease_p99_ms=%.1f"
            + " result_p50_ms=%.1f result_p99_ms=%.1f twice=%d",
        done.cardinality(),
        seconds,
        done.cardinality() / seconds,
        leaseCalls.get(),
        percentile(leases, 0.5),
        percentile(leases, 0.99),
        percentile(results, 0.5),
        percentile(results, 0.99),
        twice);
  }

  private static int step(long nanos) {
    return Math.clamp(nanos / 1_000 / STEP_US, 0, STEPS);
  }

  private static double percentile(AtomicIntegerArray steps, double share) {
    long all = 0;
    for (int i = 0; i <= STEPS; i++) {
      all += steps.get(i);
    }
    long rank = Math.max(1, (long) Math.ceil(all * share));
    long sum = 0;
    for (int i = 0; i <= STEPS; i++) {
      sum += steps.get(i);
      if (sum >= rank) {
        return (i + 1) * STEP_US / 1_000.0;
      }
    }
    return 0;
  }
}
