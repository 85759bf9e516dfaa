package dev.signalbox.gateway.limit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds requests in flight over all event loops, and those of one client among them. Beyond the
 * bounds, requests wait in a bounded FIFO queue; when the queue is full, requests are refused. A
 * released permit goes directly to the first in the queue whose client may hold one more, so that
 * no new request overtakes, and a client at its bound keeps no other from a free permit. Only
 * clients that hold a permit are stored. Any thread may use it.
 */
public final class ConcurrencyLimiter {

  /** Why a request gets no permit. */
  public enum Refusal {
    /** No permit is free, and the queue is full. */
    FULL,
    /** Permits are free, but the client holds as many as one client may. */
    CLIENT,
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
  private final int maxPerClient;
  private final int maxWaiting;
  // All guarded by this. The queue is those in blocked, the oldest first, then those in unchecked.
  // The client of each in blocked is at its bound, so that only the release of a client at its
  // bound can be for one of them. Unchecked ones came while no permit was free; while one is free
  // there are none.
  private SequencedSet<Permit> blocked = new LinkedHashSet<>();
  private SequencedSet<Permit> unchecked = new LinkedHashSet<>();
  private final Map<String, Integer> held = new HashMap<>();
  private int inFlight;

  /** A limiter with at least one permit and a queue of any length, without a bound of a client. */
  public ConcurrencyLimiter(int maxInFlight, int maxWaiting) {
    this(maxInFlight, maxInFlight, maxWaiting);
  }

  /**
   * A limiter.
   *
   * @param maxInFlight permits, at least one
   * @param maxPerClient permits that one client may hold, at least one
   * @param maxWaiting length of the queue; 0 for none
   */
  public ConcurrencyLimiter(int maxInFlight, int maxPerClient, int maxWaiting) {
    this.maxInFlight = maxInFlight;
    this.maxPerClient = maxPerClient;
    this.maxWaiting = maxWaiting;
  }

  /** A permit, granted or queued. Its owner releases it exactly once, however the request ends. */
  public final class Permit {

    private final List<String> client;
    private final Future<Void> granted;
    private final @Nullable Promise<Void> queued;
    private State state;
    private @Nullable Runnable timeoutCancellation;

    private Permit(List<String> client, Future<Void> granted, State state) {
      this.client = client;
      this.granted = granted;
      this.queued = null;
      this.state = state;
    }

    private Permit(List<String> client, Promise<Void> queued) {
      this.client = client;
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

  /** Acquires a permit that counts for no client. Call it on the context's loop. */
  public Permit acquire(ContextInternal context, long maxWaitMillis) {
    return acquire(List.of(), context, maxWaitMillis);
  }

  /**
   * Acquires a permit, at once if one is free and the client may hold one more. Call it on the
   * context's loop.
   *
   * @param client the names under which the client is counted, such as its address and its token;
   *     the bound holds for each
   */
  public Permit acquire(List<String> client, ContextInternal context, long maxWaitMillis) {
    Refusal refusal;
    synchronized (this) {
      if (inFlight < maxInFlight && mayHoldOneMore(client)) {
        begin(client);
        return new Permit(client, Future.succeededFuture(), State.HELD);
      }
      if (waiting() < maxWaiting) {
        Permit permit = new Permit(client, context.promise());
        // Before it joins the queue: from then on any thread may grant it.
        startTimeout(permit, context, maxWaitMillis);
        join(permit);
        return permit;
      }
      refusal = inFlight < maxInFlight ? Refusal.CLIENT : Refusal.FULL;
    }
    return new Permit(client, Future.failedFuture(new RefusedException(refusal)), State.RELEASED);
  }

  private void join(Permit permit) {
    if (unchecked.isEmpty() && !mayHoldOneMore(permit.client)) {
      blocked.add(permit);
    } else {
      unchecked.add(permit);
    }
  }

  private void leave(Permit permit) {
    if (!blocked.remove(permit)) {
      unchecked.remove(permit);
    }
  }

  private boolean mayHoldOneMore(List<String> client) {
    for (String name : client) {
      if (isAtItsBound(name)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAtItsBound(String name) {
    return held.getOrDefault(name, 0) >= maxPerClient;
  }

  private void begin(List<String> client) {
    inFlight++;
    for (String name : client) {
      held.merge(name, 1, Integer::sum);
    }
  }

  private void end(List<String> client) {
    inFlight--;
    for (String name : client) {
      held.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  private void startTimeout(Permit permit, ContextInternal context, long maxWaitMillis) {
    var timer =
        context
            .nettyEventLoop()
            .schedule(() -> timeOut(permit), maxWaitMillis, TimeUnit.MILLISECONDS);
    permit.timeoutCancellation = () -> timer.cancel(false);
  }

  private void timeOut(Permit permit) {
    Refusal refusal;
    synchronized (this) {
      if (permit.state != State.WAITING) {
        return;
      }
      permit.state = State.RELEASED;
      leave(permit);
      refusal = inFlight < maxInFlight ? Refusal.CLIENT : Refusal.WAITED_TOO_LONG;
    }
    if (permit.queued != null) {
      permit.queued.tryFail(new RefusedException(refusal));
    }
  }

  private void release(Permit permit) {
    List<Permit> next = List.of();
    synchronized (this) {
      State before = permit.state;
      permit.state = State.RELEASED;
      switch (before) {
        case WAITING -> leave(permit);
        case HELD -> next = end(permit);
        case RELEASED -> {
          return;
        }
      }
    }
    next.forEach(Permit::grant);
    Runnable cancellation = permit.timeoutCancellation;
    if (cancellation != null) {
      cancellation.run();
    }
  }

  /**
   * Gives a permit back, and takes those out of the queue who may have one now. It may be several:
   * of clients that were at their bound by the same token, or by the same address.
   */
  private List<Permit> end(Permit permit) {
    if (waiting() == 0) {
      end(permit.client);
      return List.of();
    }
    List<String> freed = permit.client.stream().filter(this::isAtItsBound).toList();
    end(permit.client);
    List<Permit> admitted = new ArrayList<>(1);
    if (!freed.isEmpty()) {
      admitBlocked(freed, admitted);
    }
    admitUnchecked(admitted);
    return admitted;
  }

  /** Looks at those in the queue for whom the freed names are. */
  private void admitBlocked(List<String> freed, List<Permit> admitted) {
    Iterator<Permit> waiting = blocked.iterator();
    while (waiting.hasNext() && inFlight < maxInFlight && haveRoom(freed)) {
      Permit next = waiting.next();
      if (mayHoldOneMore(next.client)) {
        waiting.remove();
        admit(next, admitted);
      }
    }
    if (waiting.hasNext() && haveRoom(freed)) {
      // The permits ran out first: the next one that is free may be for any of them.
      blocked.addAll(unchecked);
      unchecked = blocked;
      blocked = new LinkedHashSet<>();
    }
  }

  private boolean haveRoom(List<String> names) {
    for (String name : names) {
      if (!isAtItsBound(name)) {
        return true;
      }
    }
    return false;
  }

  private void admitUnchecked(List<Permit> admitted) {
    while (inFlight < maxInFlight && !unchecked.isEmpty()) {
      Permit next = unchecked.removeFirst();
      if (mayHoldOneMore(next.client)) {
        admit(next, admitted);
      } else {
        blocked.add(next);
      }
    }
  }

  private void admit(Permit next, List<Permit> admitted) {
    next.state = State.HELD;
    begin(next.client);
    admitted.add(next);
  }

  /** Permits that one client may hold. */
  public int maxPerClient() {
    return maxPerClient;
  }

  public synchronized int inFlight() {
    return inFlight;
  }

  public synchronized int waiting() {
    return blocked.size() + unchecked.size();
  }

  /** Names under which permits are held. */
  synchronized int clients() {
    return held.size();
  }
}
