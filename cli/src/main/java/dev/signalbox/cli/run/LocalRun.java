package dev.signalbox.cli.run;

import dev.signalbox.cli.command.LocalSystem;
import dev.signalbox.cli.command.TaskAnswer;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.task.TaskIds;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks by services in this process. A thread reads lines while a permit is free; a permit is
 * released when the result is written, so a slow reader of the results slows the reading of the
 * tasks, and memory use does not grow.
 */
final class LocalRun implements Run {

  private static final long POLL_MS = 100;
  private static final long STOP_MS = 2_000;

  private record Answer(Binary line, boolean finished) {}

  private final LocalSystem system;
  private final Map<String, TaskType> types;
  private final @Nullable Duration timeout;
  private final Semaphore permits;
  private final Cancellation cancellation;
  private final TaskIds ids = TaskIds.of("run");
  // Bounded by the number of permits.
  private final BlockingQueue<Answer> answered = new LinkedBlockingQueue<>();
  private final AtomicLong begun = new AtomicLong();
  private volatile boolean inputEnded;
  private volatile @Nullable IOException inputFault;
  private volatile boolean stopped;

  LocalRun(
      LocalSystem system,
      Map<String, TaskType> types,
      int concurrency,
      @Nullable Duration timeout) {
    this.system = system;
    this.types = types;
    this.timeout = timeout;
    this.permits = new Semaphore(concurrency);
    this.cancellation = system.bus().cancellable();
  }

  @Override
  public void stop() {
    stopped = true;
    cancellation.request();
  }

  @Override
  public boolean run(InputStream tasks, Answers answers) throws IOException, InterruptedException {
    // A daemon: a read of standard input cannot be interrupted, and must not hold up the end.
    Thread.ofPlatform().daemon().name("tasks").start(() -> read(tasks));
    long written = 0;
    long stoppedAt = 0;
    try {
      while (!inputEnded || written < begun.get()) {
        Answer answer = answered.poll();
        if (answer == null) {
          answers.idle();
          answer = answered.poll(POLL_MS, TimeUnit.MILLISECONDS);
        }
        if (answer != null) {
          answers.add(answer.line().bytes(), answer.finished());
          written++;
          permits.release();
        }
        if (stopped) {
          long now = System.nanoTime();
          stoppedAt = stoppedAt == 0 ? now : stoppedAt;
          if (written >= begun.get() || now - stoppedAt > STOP_MS * 1_000_000) {
            break;
          }
        }
      }
    } finally {
      stop(); // The results of the remaining tasks would not be written.
    }
    if (inputFault != null) {
      throw inputFault;
    }
    return inputEnded && written == begun.get();
  }

  private void read(InputStream tasks) {
    LineReader lines = new LineReader(tasks, TaskLine.LONGEST);
    try {
      LineReader.Line line = lines.next();
      while (line != null && !stopped) {
        permits.acquire();
        if (!stopped) {
          begin(begun.getAndIncrement(), TaskLine.parse(line));
          line = lines.next();
        }
      }
      inputEnded = line == null;
    } catch (IOException e) {
      inputFault = e;
      inputEnded = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(long index, TaskLine line) {
    switch (line) {
      case TaskLine.Bad(String problem) -> tell(index, null, "", 0, bad(problem));
      case TaskLine.Good task -> {
        TaskType type = types.get(task.taskName());
        if (type == null) {
          String known = String.join(", ", types.keySet());
          String problem =
              "Unknown task: "
                  + task.taskName()
                  + "; this process runs "
                  + known
                  + "; use --server to run others in a running system";
          tell(index, task.id(), task.taskName(), 0, bad(problem));
        } else {
          ask(index, task, type);
        }
      }
    }
  }

  private void ask(long index, TaskLine.Good task, TaskType type) {
    Duration time = Duration.ofMillis(type.timeoutMs());
    Duration wanted = task.timeoutMs() == 0 ? timeout : Duration.ofMillis(task.timeoutMs());
    if (wanted != null && wanted.compareTo(time) < 0) {
      time = wanted;
    }
    long started = System.nanoTime();
    system
        .bus()
        .call(
            type.operation(),
            new TaskRequest(task.taskName(), task.params()),
            Call.within(time).with(cancellation))
        .onComplete(reply -> {
          TaskAnswer answer =
              reply.succeeded() ? TaskAnswer.of(reply.result()) : TaskAnswer.of(reply.cause());
          long tookMs = (System.nanoTime() - started) / 1_000_000;
          tell(index, task.id(), task.taskName(), tookMs, answer);
        });
  }

  private static TaskAnswer bad(String problem) {
    return new TaskAnswer(null, TaskError.badTask(problem));
  }

  /** An answer in the shape of {@code POST /api/v1/tasks/stream}. */
  private void tell(long index, @Nullable String id, String name, long tookMs, TaskAnswer answer) {
    boolean finished = answer.error() == null;
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("index", index);
    line.put("id", id == null ? ids.at(index) : id);
    line.put("task_name", name);
    line.put("status", finished ? "finished" : "failed");
    line.put("duration_ms", tookMs);
    line.put("result", answer.result());
    line.put("error", answer.error());
    answered.add(new Answer(new Binary(Json.bytes(line)), finished));
  }
}
