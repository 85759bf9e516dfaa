package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory of bodies that are there for one response each, until the client has read them:
 * of files, of forwarded responses, of templates. The other bodies are parts of definitions. When a
 * response needs memory and too little is left, the response whose client has taken nothing for the
 * longest time is cut. Any thread may use it.
 */
public final class AnswerMemory {

  /**
   * Bodies below that a template makes are not counted: the number of connections bounds their
   * memory, and the socket takes most of them at once.
   */
  static final int COUNTED_BYTES = 8 * 1_024;

  /** A client that took something within this time is not cut for another. */
  static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long WAIT_MS = 5_000;
  private static final long LOOK_AGAIN_MS = 500;
  private static final int MOST_WAITING = 1_000;

  private final MemoryBudget budget;
  private final Deque<Waiter> waiting = new ArrayDeque<>();

  /** Responses whose clients have taken nothing since the time, those of the longest time first. */
  private final Map<Share, Long> stalled = new LinkedHashMap<>();

  public AnswerMemory(MemoryBudget budget) {
    this.budget = budget;
  }

  /** What one response holds; nothing yet. */
  public Share share() {
    return new Share();
  }

  private record Waiter(Share share, long bytes, Context context, Promise<Void> granted) {

    void grant() {
      context.runOnContext(_ -> granted.tryComplete());
    }

    void refuse() {
      context.runOnContext(_ -> granted.tryFail(overloaded(bytes)));
    }
  }

  private static ServiceException overloaded(long bytes) {
    return new ServiceException(
        ErrorCode.OVERLOADED,
        "bodies that clients have not read take too much memory for " + bytes + " bytes more");
  }

  /** Those that wait get memory in the order of their arrival. */
  private synchronized void serveWaiting() {
    for (Waiter first = waiting.peek();
        first != null && first.share.tryAdd(first.bytes);
        first = waiting.peek()) {
      waiting.remove();
      first.grant();
    }
  }

  /** Cuts the response that is stalled for the longest time, if that is long enough. */
  private synchronized void cutSlowest() {
    var first = stalled.entrySet().iterator();
    if (first.hasNext()) {
      var slowest = first.next();
      if (System.nanoTime() - slowest.getValue() >= STALL_NANOS) {
        first.remove();
        slowest.getKey().cut();
      }
    }
  }

  /**
   * What one response holds. It is given back once the response has ended and its body is no longer
   * being made: a client that leaves does not free what is still being read for it.
   */
  public final class Share {

    private long held;
    private boolean making = true;
    private boolean ended;
    private @Nullable Runnable cut;

    private Share() {}

    /** Takes memory; false when too little is left. */
    public boolean tryTake(long bytes) {
      synchronized (AnswerMemory.this) {
        boolean taken = !ended && tryAdd(bytes);
        if (!taken && !ended) {
          cutSlowest();
        }
        return taken;
      }
    }

    /**
     * Takes memory, and waits a while for it: clients that read make room all the time.
     *
     * @return completes on the calling event loop; fails with TOO_LARGE when it can never fit, and
     *     with OVERLOADED
     */
    public Future<Void> take(Vertx vertx, long bytes) {
      if (bytes > budget.limit()) {
        return Future.failedFuture(
            new ServiceException(
                ErrorCode.TOO_LARGE,
                bytes + " bytes are more than the " + budget.limit() + " of all bodies together"));
      }
      Waiter waiter;
      synchronized (AnswerMemory.this) {
        if (ended || waiting.size() >= MOST_WAITING) {
          return Future.failedFuture(overloaded(bytes));
        }
        if (waiting.isEmpty() && tryAdd(bytes)) {
          return Future.succeededFuture();
        }
        waiter = new Waiter(this, bytes, vertx.getOrCreateContext(), Promise.promise());
        waiting.add(waiter);
        cutSlowest();
      }
      long looks = vertx.setPeriodic(LOOK_AGAIN_MS, _ -> cutSlowest());
      long end = vertx.setTimer(WAIT_MS, _ -> giveUp(waiter));
      return waiter
          .granted
          .future()
          .onComplete(_ -> {
            vertx.cancelTimer(looks);
            vertx.cancelTimer(end);
          });
    }

    private void giveUp(Waiter waiter) {
      synchronized (AnswerMemory.this) {
        if (waiting.remove(waiter)) {
          waiter.refuse();
        }
      }
      serveWaiting();
    }

    /** Bytes that all responses together can take: a longer body never fits. */
    public long limit() {
      return budget.limit();
    }

    /** Whether the response has ended, so that its body needs not be made any more. */
    public boolean ended() {
      synchronized (AnswerMemory.this) {
        return ended;
      }
    }

    private boolean tryAdd(long bytes) {
      boolean taken = budget.tryAcquire(bytes);
      if (taken) {
        held += bytes;
      }
      return taken;
    }

    /** The body is made, or could not be. */
    void made() {
      synchronized (AnswerMemory.this) {
        making = false;
      }
      releaseIfOver();
    }

    /**
     * The client has to read before the response goes on.
     *
     * @param unread ends the response, on its event loop
     */
    void stalled(Context context, Runnable unread) {
      synchronized (AnswerMemory.this) {
        if (held > 0 && !ended) {
          cut = () -> context.runOnContext(_ -> unread.run());
          stalled.remove(this);
          stalled.put(this, System.nanoTime());
        }
      }
    }

    /** The client has read. */
    void progressed() {
      synchronized (AnswerMemory.this) {
        stalled.remove(this);
        cut = null;
      }
    }

    private void cut() {
      Runnable unread = cut;
      cut = null;
      if (unread != null) {
        unread.run();
      }
    }

    /** The response has ended. */
    void end() {
      synchronized (AnswerMemory.this) {
        ended = true;
        stalled.remove(this);
        cut = null;
        waiting.removeIf(waiter -> {
          boolean ours = waiter.share == this;
          if (ours) {
            waiter.refuse();
          }
          return ours;
        });
      }
      releaseIfOver();
    }

    private void releaseIfOver() {
      synchronized (AnswerMemory.this) {
        if (!ended || making) {
          return;
        }
        budget.release(held);
        held = 0;
      }
      serveWaiting();
    }
  }
}
