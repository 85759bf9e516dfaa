package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Targets that take a request and do not answer, all at once. */
class SlowTargetsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void many_slow_targets_need_no_thread_each_and_give_everything_back() {
    // 10,000 with -Dsignalbox.slow.targets=10000, where descriptors suffice.
    Figures figures = measure(Integer.getInteger("signalbox.slow.targets", 2_000));

    assertThat(figures.threadsMore()).isLessThan(10);
    assertThat(figures.descriptorsLeft()).isLessThan(50);
  }

  /**
   * What so many slow targets took.
   *
   * @param threadsMore platform threads more than before, while all were waited for
   * @param descriptors file descriptors more than before, while all were waited for
   * @param descriptorsLeft the same afterwards
   * @param heapBytes heap more than before for each probe, while all were waited for
   * @param openedMs from the first probe's start until all waited
   * @param endedMs from the first cancellation until the server saw all leave
   */
  record Figures(
      int threadsMore,
      long descriptors,
      long descriptorsLeft,
      long heapBytes,
      long openedMs,
      long endedMs) {}

  static Figures measure(int count) {
    try (SlowServer server = SlowServer.start();
        ProbeRig rig = new ProbeRig()) {
      Probe first = rig.start(server.url());
      await().until(() -> server.waiting() == 1);
      rig.cancelAndExpectNothingHeld(first);
      int threads = threads();
      long descriptors = descriptors();
      long heap = heap();
      long start = System.nanoTime();
      List<Probe> probes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        probes.add(rig.start(server.url(), "timeout_ms", 60_000));
      }
      await().atMost(PATIENCE).until(() -> server.waiting() == count);
      long opened = System.nanoTime();
      assertThat(rig.underWay()).isEqualTo(count);
      int threadsMore = threads() - threads;
      long descriptorsMore = descriptors() - descriptors;
      long heapMore = (heap() - heap) / count;
      long cancelled = System.nanoTime();
      rig.cancelAll();
      rig.expectIdle();
      await().atMost(PATIENCE).until(() -> server.waiting() == 0);
      long ended = System.nanoTime();
      assertThat(probes).allMatch(probe -> probe.result().failed());
      return new Figures(
          threadsMore,
          descriptorsMore,
          descriptors() - descriptors,
          heapMore,
          (opened - start) / 1_000_000,
          (ended - cancelled) / 1_000_000);
    }
  }

  /** Prints the figures for a number of targets. */
  static void main(String[] args) {
    System.out.println(measure(args.length == 0 ? 10_000 : Integer.parseInt(args[0])));
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  private static long descriptors() {
    return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
        .getOpenFileDescriptorCount();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
