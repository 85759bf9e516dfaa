package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.route.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of one request in parallel, so many at once, and keeps their order. Belongs to one
 * event loop.
 */
final class TaskBatch {

  /** An outcome and how long it took. */
  record Timed(TaskOutcome outcome, long durationMs) {}

  private final TaskRunner runner;
  private final Exchange exchange;
  private final List<TaskOrder> orders;
  private final int concurrency;
  private final long deadlineNanos;
  private final @Nullable Timed[] results;
  private final Promise<List<Timed>> done = Promise.promise();
  private int next;
  private int inFlight;
  private boolean pumping;

  /**
   * A batch.
   *
   * @param deadlineNanos tasks not begun by then fail, in terms of {@link System#nanoTime()}
   */
  TaskBatch(
      TaskRunner runner,
      Exchange exchange,
      List<TaskOrder> orders,
      int concurrency,
      long deadlineNanos) {
    this.runner = runner;
    this.exchange = exchange;
    this.orders = orders;
    this.concurrency = concurrency;
    this.deadlineNanos = deadlineNanos;
    this.results = new Timed[orders.size()];
  }

  Future<List<Timed>> run() {
    pump();
    return done.future();
  }

  /** A loop rather than recursion: outcomes that are there at once must not deepen the stack. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (inFlight < concurrency && next < orders.size()) {
      begin(next++);
    }
    pumping = false;
    if (inFlight == 0 && next == orders.size()) {
      List<Timed> all = new ArrayList<>(results.length);
      for (Timed result : Arrays.asList(results)) {
        if (result != null) {
          all.add(result);
        }
      }
      done.tryComplete(all);
    }
  }

  private void begin(int index) {
    inFlight++;
    long started = System.nanoTime();
    outcome(orders.get(index), started)
        .onSuccess(outcome -> {
          results[index] = new Timed(outcome, (System.nanoTime() - started) / 1_000_000);
          inFlight--;
          pump();
        });
  }

  private Future<TaskOutcome> outcome(TaskOrder order, long now) {
    long leftMs = (deadlineNanos - now) / 1_000_000;
    if (leftMs <= 0 || exchange.cancellation().requested()) {
      return Future.succeededFuture(
          new TaskOutcome.Faulted(
              new ServiceException(
                  ErrorCode.TIMEOUT, "The batch's time was over before the task began")));
    }
    long timeout = order.timeoutMs() == 0 ? leftMs : Math.min(order.timeoutMs(), leftMs);
    return runner.run(exchange, new TaskOrder(order.name(), order.params(), order.id(), timeout));
  }
}
