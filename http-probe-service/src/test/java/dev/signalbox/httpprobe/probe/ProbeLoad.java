package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.task.ProbeTask;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;

/** Probes one URL over and over on one event loop, for measuring and for a profiler to watch. */
final class ProbeLoad {

  private final ProbeRig rig;
  private final ProbeTask task;
  private final LongAdder good = new LongAdder();
  private final LongAdder bad = new LongAdder();
  private volatile boolean stopped;

  private ProbeLoad(ProbeRig rig, ProbeTask task) {
    this.rig = rig;
    this.task = task;
  }

  /** Arguments: URL, probes at once, seconds of warming up, seconds measured. */
  static void main(String[] args) throws InterruptedException {
    ProbeTask task = ProbeRig.task(args[0], "verify_tls", false);
    try (ProbeRig rig = new ProbeRig()) {
      ProbeLoad load = new ProbeLoad(rig, task);
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        rig.execute(load::next);
      }
      Thread.sleep(1_000L * Integer.parseInt(args[2]));
      long cpu = cpu();
      long start = System.nanoTime();
      load.good.reset();
      load.bad.reset();
      Thread.sleep(1_000L * Integer.parseInt(args[3]));
      double seconds = (System.nanoTime() - start) / 1e9;
      long done = load.good.sum();
      System.out.printf(
          "%.0f probes/s, %.0f us of CPU each, %d failed%n",
          done / seconds, (cpu() - cpu) / 1e3 / done, load.bad.sum());
      load.stopped = true;
    }
  }

  private void next() {
    rig.startHere(task)
        .result()
        .onComplete(done -> {
          if (done.succeeded() && new ProbeReport(done.result()).full().containsKey("success")) {
            good.increment();
          } else {
            bad.increment();
          }
          if (!stopped) {
            next();
          }
        });
  }

  private static long cpu() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }
}
