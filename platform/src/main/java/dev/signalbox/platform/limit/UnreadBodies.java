package dev.signalbox.platform.limit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of response bodies that clients have not taken. When a response needs more than is
 * left, the one whose client has taken nothing for the longest time is cut, so that clients that do
 * not read take nothing from those that do; where every client has taken something a moment ago, or
 * has nothing to take, the new response waits or is refused. Any thread may use it.
 */
public final class UnreadBodies {

  /**
   * Bodies below are not worth counting: the number of connections bounds their memory, and the
   * socket takes most of them at once.
   */
  public static final int COUNTED_BYTES = 8 * 1_024;

  /** Often enough to call {@link #look}. */
  public static final long LOOK_MS = 50;

  /** A client that took something within this time is not cut for another. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A body waits so long for memory: longer than a client may take nothing meanwhile. */
  static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final MemoryBudget budget;
  private final LongSupplier nanoTime;
  private final LongAdder cut = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /**
   * Those that hold memory and whose client has something to take, the one that has made no
   * progress for the longest time first.
   */
  private final SequencedSet<Share> offering = new LinkedHashSet<>();

  /** Bodies that wait for memory, in order of arrival; requests in flight bound them. */
  private final SequencedSet<Waiter> waiting = new LinkedHashSet<>();

  public UnreadBodies(MemoryBudget budget) {
    this(budget, System::nanoTime);
  }

  UnreadBodies(MemoryBudget budget, LongSupplier nanoTime) {
    this.budget = budget;
    this.nanoTime = nanoTime;
  }

  /** What came of waiting for memory. */
  public enum Grant {
    TAKEN,
    /** There was none in time. */
    OVERLOADED,
    /** It is more than all responses together may have. */
    NEVER_FITS,
    /** The client has left. */
    GONE
  }

  /** A body that waits; one of a share at a time. */
  private static final class Waiter {

    private final Share share;
    private final long bytes;
    private final long since;
    private final Promise<Grant> grant = Promise.promise();

    private Waiter(Share share, long bytes, long since) {
      this.share = share;
      this.bytes = bytes;
      this.since = since;
    }
  }

  /** Bytes held by all responses. */
  public long held() {
    return budget.held();
  }

  /** Bytes that all responses together can hold: a longer body never fits. */
  public long limit() {
    return budget.limit();
  }

  long cut() {
    return cut.sum();
  }

  long refused() {
    return refused.sum();
  }

  /**
   * Registers what is held, and how many responses were cut and refused.
   *
   * @param name of the meters, such as {@code signalbox.gateway.unread}
   */
  public void bindTo(MeterRegistry registry, String name) {
    Gauge.builder(name, this, UnreadBodies::held)
        .description("Memory held for bodies of responses that clients have not read")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
    FunctionCounter.builder(name + ".cut", this, UnreadBodies::cut)
        .description("Responses cut because their clients did not read while others needed memory")
        .register(registry);
    FunctionCounter.builder(name + ".refused", this, UnreadBodies::refused)
        .description("Responses refused because clients have not read others")
        .register(registry);
  }

  /**
   * The share of one response.
   *
   * @param loop runs tasks on the event loop of the response
   * @param cut ends the response and its connection at once, on that event loop; its memory counts
   *     as free already
   */
  public Share share(Executor loop, Runnable cut) {
    return new Share(loop, cut);
  }

  /**
   * Cuts responses for those that wait, and refuses those that have waited for too long. To be
   * called from time to time, since it is time that makes clients slow.
   */
  public synchronized void look() {
    while (!waiting.isEmpty() && serve(waiting.getFirst())) {
      // the next
    }
  }

  /** False while the first has to wait on. */
  private boolean serve(Waiter first) {
    if (first.share.tryTake(first.bytes)) {
      first.share.answer(first, Grant.TAKEN);
      return true;
    }
    if (nanoTime.getAsLong() - first.since >= WAIT_NANOS) {
      refused.increment();
      first.share.answer(first, Grant.OVERLOADED);
      return true;
    }
    return false;
  }

  /** Cuts the slowest response but the one that asks; false when each has just made progress. */
  private boolean cutSlowest(Share asking) {
    for (Share slowest : offering) {
      if (nanoTime.getAsLong() - slowest.progressNanos < PATIENCE_NANOS) {
        return false;
      }
      if (slowest != asking) {
        slowest.over();
        cut.increment();
        slowest.loop.execute(slowest.cut);
        return true;
      }
    }
    return false;
  }

  /** What one response holds. */
  public final class Share {

    private final Executor loop;
    private final Runnable cut;
    private long bytes;
    private long progressNanos;
    private boolean caughtUp;
    private boolean left;
    private @Nullable Waiter waiter;

    private Share(Executor loop, Runnable cut) {
      this.loop = loop;
      this.cut = cut;
    }

    /** Bytes that all responses together can hold. */
    public long limit() {
      return budget.limit();
    }

    /**
     * Takes memory for what is there already, and so does not wait: before those that do. False
     * when there is none, or when the client has left.
     */
    public boolean take(long more) {
      synchronized (UnreadBodies.this) {
        if (left) {
          return false;
        }
        boolean taken = tryTake(more);
        if (!taken) {
          refused.increment();
        }
        return taken;
      }
    }

    /**
     * Takes memory in turn: waits a while, since many clients that read make room all the time.
     *
     * @return completes at once, or on the event loop of the response
     */
    public Future<Grant> takeInTurn(long more) {
      synchronized (UnreadBodies.this) {
        if (left) {
          return Future.succeededFuture(Grant.GONE);
        }
        if (more > budget.limit() - bytes) {
          refused.increment();
          return Future.succeededFuture(Grant.NEVER_FITS);
        }
        if (waiting.isEmpty() && tryTake(more)) {
          return Future.succeededFuture(Grant.TAKEN);
        }
        if (waiter != null) {
          throw new IllegalStateException("a response waits for memory twice");
        }
        Waiter next = new Waiter(this, more, nanoTime.getAsLong());
        waiter = next;
        waiting.add(next);
        return next.grant.future();
      }
    }

    /** Takes memory that makes the response faster; false when half of it all is taken. */
    public boolean takeAhead(long more) {
      synchronized (UnreadBodies.this) {
        if (left
            || more > budget.limit() / 2 - budget.held()
            || !waiting.isEmpty()
            || !budget.tryAcquire(more)) {
          return false;
        }
        add(more);
        return true;
      }
    }

    /** Cuts others while there is no room. */
    private boolean tryTake(long more) {
      if (more > budget.limit() - bytes) {
        return false; // Not even if all others were cut.
      }
      while (!budget.tryAcquire(more)) {
        if (!cutSlowest(this)) {
          return false;
        }
      }
      add(more);
      return true;
    }

    private void add(long more) {
      if (bytes == 0 && !caughtUp) {
        progressNanos = nanoTime.getAsLong();
        offering.add(this);
      }
      bytes += more;
    }

    private void answer(Waiter waited, Grant grant) {
      waiting.remove(waited);
      waiter = null;
      loop.execute(() -> waited.grant.complete(grant));
    }

    /** Whether memory is held for something that the client may take and has not. */
    public boolean offers() {
      synchronized (UnreadBodies.this) {
        return bytes > 0 && !caughtUp;
      }
    }

    /** The client has taken something, or there is something to take for it again. */
    public void progress() {
      synchronized (UnreadBodies.this) {
        caughtUp = false;
        progressNanos = nanoTime.getAsLong();
        offering.remove(this);
        if (bytes > 0) {
          offering.add(this);
        }
      }
    }

    /**
     * The client has taken all there was. It is not slow until {@link #progress} says that there is
     * more: what comes next is still being read or made.
     */
    public void caughtUp() {
      synchronized (UnreadBodies.this) {
        caughtUp = true;
        offering.remove(this);
      }
    }

    /** Gives back what was taken; nothing when the response was cut. */
    public void giveBack(long less) {
      synchronized (UnreadBodies.this) {
        long given = Math.min(less, bytes);
        bytes -= given;
        budget.release(given);
        if (bytes == 0) {
          offering.remove(this);
        }
        look();
      }
    }

    /** The client has left: nothing more is taken, and what is held is still to be given back. */
    public void leave() {
      synchronized (UnreadBodies.this) {
        left = true;
        Waiter waited = waiter;
        if (waited != null) {
          answer(waited, Grant.GONE);
          look();
        }
      }
    }

    /** Whether nothing more can be taken: the client has left, or the response was cut. */
    public boolean left() {
      synchronized (UnreadBodies.this) {
        return left;
      }
    }

    /** Gives back all; nothing can be taken any more. */
    public void end() {
      synchronized (UnreadBodies.this) {
        leave();
        over();
        look();
      }
    }

    private void over() {
      left = true;
      offering.remove(this);
      budget.release(bytes);
      bytes = 0;
    }
  }
}
