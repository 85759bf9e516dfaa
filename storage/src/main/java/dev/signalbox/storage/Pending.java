package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A work that waits for its turn, and the caller who waits for its outcome. */
final class Pending<T extends @Nullable Object> {

  /** What a run left: a value or a failure. */
  private sealed interface Outcome<T extends @Nullable Object> {}

  private record Value<T extends @Nullable Object>(T value) implements Outcome<T> {}

  private record Failure<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {}

  private final Work<T> work;
  private final String lockKey;
  private final Context context;
  private final long deadlineNanos;
  private final boolean repeatable;
  private final @Nullable WorkSpan span;
  private final Promise<T> promise = Promise.promise();
  private Outcome<T> outcome = new Failure<>(new IllegalStateException("never ran"));
  private boolean excluded;

  /**
   * A work.
   *
   * @param span null when it is not traced
   */
  Pending(
      Work<T> work,
      String lockKey,
      Context context,
      long deadlineNanos,
      boolean repeatable,
      @Nullable WorkSpan span) {
    this.work = work;
    this.lockKey = lockKey;
    this.context = context;
    this.deadlineNanos = deadlineNanos;
    this.repeatable = repeatable;
    this.span = span;
  }

  Future<T> future() {
    return promise.future();
  }

  /** Names the row that it locks first; empty when none is named. */
  String lockKey() {
    return lockKey;
  }

  /** Whether it may run again although its transaction may have been committed. */
  boolean repeatable() {
    return repeatable;
  }

  boolean expired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /** Runs the work and keeps its value; a failure is the runner's to judge. */
  void run(Session session) throws Exception {
    if (span == null) {
      outcome = new Value<>(work.run(session));
      return;
    }
    span.running();
    session.traceWith(span);
    try {
      outcome = new Value<>(work.run(session));
    } finally {
      session.traceWith(null);
      span.ran();
    }
  }

  /** Its transaction is for so many works. */
  void batch(int works) {
    if (span != null) {
      span.batch(works);
    }
  }

  /** Replaces whatever the run left. */
  void failWith(Throwable cause) {
    outcome = new Failure<>(cause);
  }

  /** Fails it for good: should its batch run again, it is left out. */
  void excludeWith(Throwable cause) {
    failWith(cause);
    excluded = true;
  }

  boolean excluded() {
    return excluded;
  }

  void expire() {
    failWith(
        new ServiceException(ErrorCode.TIMEOUT, "storage was busy too long; nothing was done"));
  }

  /** Tells the caller, on the caller's context. */
  void tell() {
    if (span != null) {
      span.end(outcome instanceof Failure<T>(Throwable cause) ? cause : null);
    }
    try {
      context.runOnContext(ignored -> resolve());
    } catch (RejectedExecutionException closed) {
      // The caller's event loop is gone; a holder of the future gets the result here.
      resolve();
    }
  }

  void tellFailure(Throwable cause) {
    failWith(cause);
    tell();
  }

  private void resolve() {
    switch (outcome) {
      case Value<T>(T value) -> promise.complete(value);
      case Failure<T>(Throwable cause) -> promise.fail(cause);
    }
  }
}
