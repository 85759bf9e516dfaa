package dev.signalbox.worker.ping;

import dev.signalbox.worker.icmp.SendOutcome;
import java.util.List;
import java.util.Random;

/** A task for tests that has an address which could not be sent to for ten minutes. */
public final class StuckTask {

  private StuckTask() {}

  public static PingTask create(int index) {
    PingTask task = PingTask.create(index, List.of(), new Random(1));
    Integer position = task.nextPosition(0);
    if (position == null) {
      throw new IllegalStateException("a new task has a position");
    }
    task.onSent(position, SendOutcome.UNREACHABLE, 0);
    task.advance(600_000_000_000L, PingEngine.TAIL_NANOS);
    return task;
  }
}
