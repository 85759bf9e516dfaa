package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.task.TaskRunner.TaskOrder;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks in parallel and collects their results, as JSON, in the order of the tasks. When a
 * result exceeds the bounds, an error takes its place and no further task starts. Belongs to one
 * event loop.
 */
final class TaskBatch {

  /** A task of the batch, or the known error of an invalid one. */
  record Item(@Nullable TaskOrder order, @Nullable TaskOutcome known) {

    static Item of(TaskOrder order) {
      return new Item(order, null);
    }

    static Item invalid(String message) {
      return new Item(
          null, new TaskOutcome.Faulted(new ServiceException(ErrorCode.INVALID_REQUEST, message)));
    }
  }

  /** Converts an outcome to the value that is written as JSON. */
  @FunctionalInterface
  interface ResultView {

    Object of(int index, TaskOutcome outcome, long durationMs);
  }

  /**
   * Bounds of one batch.
   *
   * @param concurrency tasks in flight
   * @param deadlineNanos a task not started by then fails; as of {@link System#nanoTime()}
   * @param resultBytes bytes of all results
   * @param memory shared by all batches
   */
  record Bounds(int concurrency, long deadlineNanos, long resultBytes, MemoryBudget memory) {}

  private static final Logger LOG = LoggerFactory.getLogger(TaskBatch.class);

  private final TaskRunner runner;
  private final RoutingContext ctx;
  private final List<Item> items;
  private final Bounds bounds;
  private final ResultView view;
  private final byte[] @Nullable [] results;
  private final AdaptiveConcurrency adaptive;
  private final Promise<Void> done = Promise.promise();
  private @Nullable ServiceException full;
  private long held;
  private boolean released;
  private int next;
  private int inFlight;
  private boolean pumping;

  TaskBatch(
      Vertx vertx,
      TaskRunner runner,
      RoutingContext ctx,
      List<Item> items,
      Bounds bounds,
      ResultView view) {
    this.adaptive = new AdaptiveConcurrency(vertx, this::pump);
    this.runner = runner;
    this.ctx = ctx;
    this.items = items;
    this.bounds = bounds;
    this.view = view;
    this.results = new byte[items.size()][];
    // The response stays in memory until the client has read it.
    RequestScope.of(ctx).onEnd(this::release);
  }

  /** Runs the tasks; completes when each has its result. Then call {@link #results}. */
  Future<Void> run() {
    pump();
    return done.future();
  }

  /** A loop rather than recursion, since outcomes may complete at once. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (next < items.size()
        && inFlight < bounds.concurrency()
        && adaptive.allowsOneMore(inFlight)) {
      start(next++);
    }
    pumping = false;
    if (inFlight == 0 && next == items.size()) {
      done.tryComplete();
    }
  }

  private void start(int index) {
    inFlight++;
    long started = System.nanoTime();
    outcome(items.get(index), started)
        .onSuccess(outcome -> {
          store(index, outcome, (System.nanoTime() - started) / 1_000_000);
          inFlight--;
          pump();
        });
  }

  private Future<TaskOutcome> outcome(Item item, long now) {
    TaskOrder order = item.order();
    if (order == null) {
      return Future.succeededFuture(Objects.requireNonNull(item.known()));
    }
    if (full != null) {
      return Future.succeededFuture(new TaskOutcome.Faulted(full));
    }
    long leftMs = (bounds.deadlineNanos() - now) / 1_000_000;
    if (leftMs <= 0 || RequestScope.of(ctx).cancellation().requested()) {
      return Future.succeededFuture(
          new TaskOutcome.Faulted(
              new ServiceException(
                  ErrorCode.TIMEOUT, "The batch's timeout passed before the task started")));
    }
    long timeout = order.timeoutMs() == 0 ? leftMs : Math.min(order.timeoutMs(), leftMs);
    return runner.run(ctx, new TaskOrder(order.name(), order.params(), order.id(), timeout));
  }

  private void store(int index, TaskOutcome outcome, long durationMs) {
    byte[] json;
    try {
      json = Json.bytes(view.of(index, outcome, durationMs));
    } catch (RuntimeException e) {
      LOG.error("result {} of a batch cannot be written", index, e);
      json = Json.bytes(view.of(index, TaskOutcome.Faulted.unwritable(), durationMs));
    }
    adaptive.onResult(json.length);
    ServiceException refusal = outcome instanceof TaskOutcome.Faulted ? null : acquire(json.length);
    if (refusal != null) {
      full = refusal;
      json = Json.bytes(view.of(index, new TaskOutcome.Faulted(refusal), durationMs));
    }
    results[index] = json;
  }

  private void release() {
    released = true;
    bounds.memory().release(held);
  }

  /** Acquires memory for a result; returns the error when there is too little. */
  private @Nullable ServiceException acquire(int bytes) {
    if (released) {
      return new ServiceException(ErrorCode.CANCELLED, "The client has disconnected");
    }
    if (held + bytes > bounds.resultBytes()) {
      return new ServiceException(
          ErrorCode.TOO_LARGE,
          "The results of the batch are larger than "
              + bounds.resultBytes()
              + " bytes; POST /api/v1/tasks/stream has no such limit");
    }
    if (!bounds.memory().tryAcquire(bytes)) {
      return new ServiceException(
          ErrorCode.OVERLOADED, "The results of all batches take too much memory");
    }
    held += bytes;
    return null;
  }

  /** The results, separated by commas, between two texts; call it once. */
  Buffer results(String before, String after) {
    Buffer all = Buffer.buffer((int) held + results.length + before.length() + after.length());
    all.appendString(before);
    for (int i = 0; i < results.length; i++) {
      byte[] result = results[i];
      if (result != null) {
        if (i > 0) {
          all.appendByte((byte) ',');
        }
        all.appendBytes(result);
        results[i] = null;
      }
    }
    all.appendString(after);
    return all;
  }
}
