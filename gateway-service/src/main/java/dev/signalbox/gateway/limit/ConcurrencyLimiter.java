package dev.signalbox.gateway.limit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds requests in flight over all event loops. Beyond the bound, requests wait in a bounded FIFO
 * queue; when the queue is full, requests are refused. A released permit goes directly to the head
 * of the queue, so that no new request overtakes. Any thread may use it.
 */
public final class ConcurrencyLimiter {

  /** Why a request gets no permit. */
  public enum Refusal {
    /** The queue is full. */
    FULL,
    /** The request reached its longest time in the queue. */
    WAITED_TOO_LONG
  }

  /** The request gets no permit. No stack trace. */
  public static final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Refusal reason;

    private RefusedException(Refusal reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }

    public Refusal reason() {
      return reason;
    }
  }

  private enum State {
    WAITING,
    HELD,
    RELEASED
  }

  private final int maxInFlight;
  private final int maxWaiting;
  // Both guarded by this.
  private final Deque<Permit> queue = new ArrayDeque<>();
  private int inFlight;

  /** A limiter with at least one permit and a queue of any length. */
  public ConcurrencyLimiter(int maxInFlight, int maxWaiting) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  /** A permit, granted or queued. Its owner releases it exactly once, however the request ends. */
  public final class Permit {

    private final Future<Void> granted;
    private final @Nullable Promise<Void> queued;
    private State state;
    private @Nullable Runnable timeoutCancellation;

    private Permit(Future<Void> granted, State state) {
      this.granted = granted;
      this.queued = null;
      this.state = state;
    }

    private Permit(Promise<Void> queued) {
      this.granted = queued.future();
      this.queued = queued;
      this.state = State.WAITING;
    }

    /** Completes on the acquiring context; fails with {@link RefusedException}. */
    public Future<Void> granted() {
      return granted;
    }

    /** Releases the permit or leaves the queue; no effect after that. */
    public void release() {
      ConcurrencyLimiter.this.release(this);
    }

    private void grant() {
      if (queued != null) {
        queued.tryComplete();
      }
      Runnable cancellation = timeoutCancellation;
      if (cancellation != null) {
        cancellation.run();
      }
    }
  }

  /**
   * Acquires a permit, at once if one is free and the queue is empty. Call it on the context's
   * loop.
   */
  public Permit acquire(ContextInternal context, long maxWaitMillis) {
    synchronized (this) {
      if (inFlight < maxInFlight && queue.isEmpty()) {
        inFlight++;
        return new Permit(Future.succeededFuture(), State.HELD);
      }
      if (queue.size() < maxWaiting) {
        Permit permit = new Permit(context.promise());
        // Before it joins the queue: from then on any thread may grant it.
        startTimeout(permit, context, maxWaitMillis);
        queue.add(permit);
        return permit;
      }
    }
    return new Permit(Future.failedFuture(new RefusedException(Refusal.FULL)), State.RELEASED);
  }

  private void startTimeout(Permit permit, ContextInternal context, long maxWaitMillis) {
    var timer =
        context
            .nettyEventLoop()
            .schedule(() -> timeOut(permit), maxWaitMillis, TimeUnit.MILLISECONDS);
    permit.timeoutCancellation = () -> timer.cancel(false);
  }

  private void timeOut(Permit permit) {
    synchronized (this) {
      if (permit.state != State.WAITING) {
        return;
      }
      permit.state = State.RELEASED;
      queue.remove(permit);
    }
    if (permit.queued != null) {
      permit.queued.tryFail(new RefusedException(Refusal.WAITED_TOO_LONG));
    }
  }

  private void release(Permit permit) {
    Permit next = null;
    synchronized (this) {
      State before = permit.state;
      permit.state = State.RELEASED;
      switch (before) {
        case WAITING -> queue.remove(permit);
        case HELD -> {
          next = queue.poll();
          if (next == null) {
            inFlight--;
          } else {
            next.state = State.HELD;
          }
        }
        case RELEASED -> {
          return;
        }
      }
    }
    if (next != null) {
      next.grant();
    }
    Runnable cancellation = permit.timeoutCancellation;
    if (cancellation != null) {
      cancellation.run();
    }
  }

  public synchronized int inFlight() {
    return inFlight;
  }

  public synchronized int waiting() {
    return queue.size();
  }
}
