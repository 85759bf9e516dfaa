package dev.signalbox.worker;

import dev.signalbox.worker.icmp.Signals;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs the worker as a process of its own. It has no launcher: that belongs to the platform of the
 * services, whose cluster would only make the download larger.
 */
public final class WorkerMain {

  private static final long STOP_S = 8;

  private WorkerMain() {}

  static void main(String[] args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "worker-logback.xml");
    }
    WorkerCommand command = new WorkerCommand();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() > 0) {
                    Signals.endAtOnce();
                    command.stop();
                    await(ended);
                  }
                },
                "signalbox-stop"));
    int code;
    try {
      code = command.run("worker", List.of(args));
    } finally {
      ended.countDown();
    }
    System.exit(code);
  }

  private static void await(CountDownLatch ended) {
    try {
      boolean ignored = ended.await(STOP_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
