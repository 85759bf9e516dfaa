package dev.signalbox.gateway.limit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds requests in flight over all event loops. Beyond the bound a bounded number waits in line,
 * first come first served; beyond that a request is refused. A place given back goes straight to
 * the next in line, so that no newcomer overtakes. Any thread may use it.
 */
public final class ConcurrencyLimiter {

  /** Why a request gets no place. */
  public enum Refusal {
    /** Too many are in flight and in line. */
    FULL,
    /** It waited in line for as long as it may. */
    WAITED_TOO_LONG
  }

  /** A request that gets no place. A value: it has no stack trace. */
  public static final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Refusal reason;

    private RefusedException(Refusal reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }

    /** Why. */
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
  private final Deque<Permit> line = new ArrayDeque<>();
  private int inFlight;

  /**
   * A limiter.
   *
   * @param maxInFlight places, from 1
   * @param maxWaiting requests in line, from 0
   */
  public ConcurrencyLimiter(int maxInFlight, int maxWaiting) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  /** A place, or the wait for one. To be released exactly once however the request ends. */
  public final class Permit {

    private final Promise<Void> granted;
    private State state;
    private @Nullable Runnable timeoutCancellation;

    private Permit(Promise<Void> granted, State state) {
      this.granted = granted;
      this.state = state;
    }

    /**
     * Completes on the acquiring context when the place is there; else {@link RefusedException}.
     */
    public Future<Void> granted() {
      return granted.future();
    }

    /** Gives the place back, or leaves the line; harmless when that is done. */
    public void release() {
      ConcurrencyLimiter.this.release(this);
    }

    private void grant() {
      granted.tryComplete();
      Runnable cancellation = timeoutCancellation;
      if (cancellation != null) {
        cancellation.run();
      }
    }
  }

  /**
   * Takes a place, at once if there is one and nobody waits for it.
   *
   * @param context of the request, on whose event loop this is called
   * @param maxWaitMillis how long the request may stay in line
   */
  public Permit acquire(ContextInternal context, long maxWaitMillis) {
    Permit permit;
    boolean waits;
    synchronized (this) {
      if (inFlight < maxInFlight && line.isEmpty()) {
        inFlight++;
        permit = new Permit(context.promise(), State.HELD);
        waits = false;
      } else if (line.size() < maxWaiting) {
        permit = new Permit(context.promise(), State.WAITING);
        // Before it joins the line: from then on it may be granted by any thread.
        startTimeout(permit, context, maxWaitMillis);
        line.add(permit);
        waits = true;
      } else {
        permit = new Permit(context.promise(), State.RELEASED);
        permit.granted.fail(new RefusedException(Refusal.FULL));
        return permit;
      }
    }
    if (!waits) {
      permit.grant();
    }
    return permit;
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
      line.remove(permit);
    }
    permit.granted.tryFail(new RefusedException(Refusal.WAITED_TOO_LONG));
  }

  private void release(Permit permit) {
    Permit next = null;
    synchronized (this) {
      State before = permit.state;
      permit.state = State.RELEASED;
      switch (before) {
        case WAITING -> line.remove(permit);
        case HELD -> {
          next = line.poll();
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

  /** Requests in flight now. */
  public synchronized int inFlight() {
    return inFlight;
  }

  /** Requests in line now. */
  public synchronized int waiting() {
    return line.size();
  }
}
