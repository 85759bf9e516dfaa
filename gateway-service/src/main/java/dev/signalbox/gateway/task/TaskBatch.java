package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.json.Json;
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
 * Runs tasks in parallel and keeps their answers, as JSON, in the order the tasks came. Answers are
 * bounded: what does not fit is told as an error in its place, and no more is begun. Belongs to one
 * event loop.
 */
final class TaskBatch {

  /**
   * A place in the batch: a task, or what is known to be wrong with it.
   *
   * @param order null when it is wrong
   * @param known what came of it; null when it has to be run
   */
  record Item(@Nullable TaskOrder order, @Nullable TaskOutcome known) {

    static Item of(TaskOrder order) {
      return new Item(order, null);
    }

    static Item bad(String message) {
      return new Item(
          null, new TaskOutcome.Faulted(new ServiceException(ErrorCode.INVALID_REQUEST, message)));
    }
  }

  /** What a result looks like. */
  @FunctionalInterface
  interface Face {

    /**
     * A result.
     *
     * @param index of the task
     */
    Object of(int index, TaskOutcome outcome, long durationMs);
  }

  /**
   * Bounds of one batch.
   *
   * @param concurrency tasks under way at once
   * @param deadlineNanos tasks not begun by then fail, in terms of {@link System#nanoTime()}
   * @param answerBytes of all its answers
   * @param memory shared with the other batches
   */
  record Bounds(int concurrency, long deadlineNanos, long answerBytes, MemoryBudget memory) {}

  private static final Logger LOG = LoggerFactory.getLogger(TaskBatch.class);

  private final TaskRunner runner;
  private final RoutingContext ctx;
  private final List<Item> items;
  private final Bounds bounds;
  private final Face face;
  private final byte[] @Nullable [] answers;
  private final AnswerPace pace;
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
      Face face) {
    this.pace = new AnswerPace(vertx, this::pump);
    this.runner = runner;
    this.ctx = ctx;
    this.items = items;
    this.bounds = bounds;
    this.face = face;
    this.answers = new byte[items.size()][];
    // Not before: until the client has taken it, the response is in memory.
    RequestScope.of(ctx).onEnd(this::release);
  }

  /** Runs the tasks; completes when each has its result. To be followed by {@link #between}. */
  Future<Void> run() {
    pump();
    return done.future();
  }

  /** A loop rather than recursion: outcomes that are there at once must not deepen the stack. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (next < items.size() && inFlight < bounds.concurrency() && pace.mayBegin(inFlight)) {
      begin(next++);
    }
    pumping = false;
    if (inFlight == 0 && next == items.size()) {
      done.tryComplete();
    }
  }

  private void begin(int index) {
    inFlight++;
    long started = System.nanoTime();
    outcome(items.get(index), started)
        .onSuccess(outcome -> {
          keep(index, outcome, (System.nanoTime() - started) / 1_000_000);
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
                  ErrorCode.TIMEOUT, "The batch's time was over before the task began")));
    }
    long timeout = order.timeoutMs() == 0 ? leftMs : Math.min(order.timeoutMs(), leftMs);
    return runner.run(ctx, new TaskOrder(order.name(), order.params(), order.id(), timeout));
  }

  private void keep(int index, TaskOutcome outcome, long durationMs) {
    byte[] json;
    try {
      json = Json.bytes(face.of(index, outcome, durationMs));
    } catch (RuntimeException e) {
      LOG.error("result {} of a batch cannot be written", index, e);
      json = Json.bytes(face.of(index, TaskOutcome.Faulted.unwritable(), durationMs));
    }
    pace.answered(json.length);
    ServiceException refusal = outcome instanceof TaskOutcome.Faulted ? null : room(json.length);
    if (refusal != null) {
      full = refusal;
      json = Json.bytes(face.of(index, new TaskOutcome.Faulted(refusal), durationMs));
    }
    answers[index] = json;
  }

  private void release() {
    released = true;
    bounds.memory().release(held);
  }

  /** Null when there is room for an answer, which is taken. */
  private @Nullable ServiceException room(int bytes) {
    if (released) {
      return new ServiceException(ErrorCode.CANCELLED, "The client has left");
    }
    if (held + bytes > bounds.answerBytes()) {
      return new ServiceException(
          ErrorCode.TOO_LARGE,
          "The answers of the batch are larger than "
              + bounds.answerBytes()
              + " bytes; POST /api/v1/tasks/stream takes any number");
    }
    if (!bounds.memory().tryAcquire(bytes)) {
      return new ServiceException(
          ErrorCode.OVERLOADED, "The answers of all batches under way take too much memory");
    }
    held += bytes;
    return null;
  }

  /** The results, separated by commas, with text around them; once. */
  Buffer between(String before, String after) {
    Buffer all = Buffer.buffer((int) held + answers.length + before.length() + after.length());
    all.appendString(before);
    for (int i = 0; i < answers.length; i++) {
      byte[] answer = answers[i];
      if (answer != null) {
        if (i > 0) {
          all.appendByte((byte) ',');
        }
        all.appendBytes(answer);
        answers[i] = null;
      }
    }
    all.appendString(after);
    return all;
  }
}
