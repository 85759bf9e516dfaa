package dev.signalbox.gateway.task;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the tasks of each type since the last look. Any thread may use it. */
public final class TaskCounts {

  /** The tasks of one type. */
  public record Count(String taskName, long started, long finished, long failed) {}

  private static final class Counter {

    private final LongAdder started = new LongAdder();
    private final LongAdder finished = new LongAdder();
    private final LongAdder failed = new LongAdder();
  }

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /** Counts a start; {@code taskName} is a known task type, so that the map stays small. */
  void started(String taskName) {
    counter(taskName).started.increment();
  }

  void ended(String taskName, TaskOutcome outcome) {
    boolean finished =
        outcome instanceof TaskOutcome.Answered(TaskReply reply)
            && reply instanceof TaskReply.Finished;
    Counter counter = counter(taskName);
    (finished ? counter.finished : counter.failed).increment();
  }

  private Counter counter(String taskName) {
    return counters.computeIfAbsent(taskName, _ -> new Counter());
  }

  /** The counts since the last call, by name; without types that had no traffic. */
  public List<Count> take() {
    List<Count> counts = new ArrayList<>();
    counters.forEach((name, counter) -> {
      var count =
          new Count(
              name,
              counter.started.sumThenReset(),
              counter.finished.sumThenReset(),
              counter.failed.sumThenReset());
      if (count.started() + count.finished() + count.failed() > 0) {
        counts.add(count);
      }
    });
    counts.sort(Comparator.comparing(Count::taskName));
    return counts;
  }
}
