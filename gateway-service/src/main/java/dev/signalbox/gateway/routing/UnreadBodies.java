package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of response bodies that clients have not read. Beyond the bound the response whose
 * client has taken nothing for the longest time is cut, so that clients that do not read take
 * nothing from those that do; where every client has taken something a moment ago, or has nothing
 * to take, the new response is refused. One belongs to one event loop; those of a process share
 * their bound.
 */
public final class UnreadBodies {

  /**
   * Bodies below are not counted: the number of connections bounds their memory, and the socket
   * takes most of them at once.
   */
  public static final int COUNTED_BYTES = 8 * 1_024;

  /** A client that took something within this time is not cut for another. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A body waits so long for memory: longer than a client may take nothing meanwhile. */
  static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Pool pool;
  private final Executor loop;
  private final LongSupplier nanoTime;

  /**
   * Those that hold memory and whose client has something to take, the one that has made no
   * progress for the longest time first.
   */
  private final Set<Share> holders = new LinkedHashSet<>();

  /** Bodies that wait for memory, in order of arrival; requests in flight bound them. */
  private final Deque<Waiter> waiting = new ArrayDeque<>();

  /** Whether {@link #serveWaiting} is about to run, or runs. */
  private boolean serving;

  /** Whether the other event loops are being asked to make room for one of this event loop. */
  private boolean asking;

  private UnreadBodies(Pool pool, Executor loop, LongSupplier nanoTime) {
    this.pool = pool;
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /** What the event loops of a process share. Any thread may use it. */
  public static final class Pool {

    private final MemoryBudget budget;
    private final List<UnreadBodies> loops = new CopyOnWriteArrayList<>();
    private final LongAdder cut = new LongAdder();
    private final LongAdder refused = new LongAdder();

    public Pool(MemoryBudget budget) {
      this.budget = budget;
    }

    /**
     * Makes that of one event loop.
     *
     * @param loop runs tasks on it
     */
    public UnreadBodies of(Executor loop, LongSupplier nanoTime) {
      UnreadBodies made = new UnreadBodies(this, loop, nanoTime);
      loops.add(made);
      return made;
    }

    /** Bytes held by all responses. */
    public long held() {
      return budget.held();
    }

    /** How many responses were cut so far. */
    public long cut() {
      return cut.sum();
    }

    /** How many responses were refused so far. */
    public long refused() {
      return refused.sum();
    }

    private boolean hasRoom(long bytes) {
      return bytes <= budget.limit() - budget.held();
    }
  }

  /**
   * Has the other event loops cut what they can, for the responses that come next: a response can
   * only be cut on its own event loop. One after the other, so that none cuts more than is wanted.
   */
  private void makeRoomBeside(long bytes) {
    if (!asking) {
      asking = true;
      askNext(bytes, pool.loops.iterator());
    }
  }

  private void askNext(long bytes, Iterator<UnreadBodies> loops) {
    UnreadBodies next = loops.hasNext() && !pool.hasRoom(bytes) ? loops.next() : null;
    if (next == null) {
      loop.execute(() -> asking = false);
    } else if (next == this) {
      askNext(bytes, loops); // It has cut what it could.
    } else {
      next.loop.execute(() -> {
        while (!pool.hasRoom(bytes) && next.cutSlowest(null)) {
          // until there is room, or only clients that read are left
        }
        askNext(bytes, loops);
      });
    }
  }

  /** A body that waits for memory. */
  private record Waiter(
      Share share, long bytes, long since, BooleanSupplier gone, Promise<Boolean> taken) {}

  /**
   * Looks whether bodies that wait have got memory, or have waited for too long. To be called from
   * time to time: memory that other event loops give back is seen only then.
   */
  public void serveWaiting() {
    serving = true; // What is cut for those that wait gives memory back within.
    while (!waiting.isEmpty() && serve(waiting.element())) {
      // the next
    }
    serving = false;
  }

  /** False while the first has to wait on. */
  private boolean serve(Waiter first) {
    if (first.gone().getAsBoolean()) {
      waiting.remove();
      first.taken().complete(false);
    } else if (first.share().take(first.bytes())) {
      waiting.remove();
      first.taken().complete(true);
    } else if (nanoTime.getAsLong() - first.since() >= WAIT_NANOS) {
      waiting.remove();
      first.taken().fail(first.share().refused());
    } else {
      return false;
    }
    return true;
  }

  /** Not at once: what gives memory back may be in the middle of taking some. */
  private void serveSoon() {
    if (!serving && !waiting.isEmpty()) {
      serving = true;
      loop.execute(this::serveWaiting);
    }
  }

  /** Cuts the slowest response but the one that asks; false when each has just made progress. */
  private boolean cutSlowest(@Nullable Share asking) {
    for (Share slowest : holders) {
      if (nanoTime.getAsLong() - slowest.progressNanos < PATIENCE_NANOS) {
        return false;
      }
      if (slowest != asking) {
        slowest.end();
        pool.cut.increment();
        slowest.cut.run();
        return true;
      }
    }
    return false;
  }

  /**
   * The share of one response.
   *
   * @param cut ends the response and its connection at once; the memory counts as free then
   */
  Share share(Runnable cut) {
    return new Share(cut);
  }

  /** What one response holds. */
  public final class Share {

    private final Runnable cut;
    private long bytes;
    private long progressNanos;
    private boolean caughtUp;
    private boolean over;

    private Share(Runnable cut) {
      this.cut = cut;
    }

    /** Takes memory that the response cannot do without; false when there is none. */
    public boolean take(long more) {
      if (more > pool.budget.limit() - bytes) {
        return false; // Not even if all others were cut.
      }
      while (!over) {
        if (pool.budget.tryAcquire(more)) {
          return add(more);
        }
        if (!cutSlowest(this)) {
          makeRoomBeside(more);
          return false;
        }
        // This one may be over now: both may share a connection.
      }
      return false;
    }

    /**
     * Takes memory in turn: waits a while, since many clients that read make room all the time.
     *
     * @param gone whether the client has left
     * @return false when the client has left; fails with 503 when there is no memory in time
     */
    Future<Boolean> takeInTurn(long more, BooleanSupplier gone) {
      if (waiting.isEmpty() && take(more)) {
        return Future.succeededFuture(true);
      }
      if (more > pool.budget.limit() - bytes) {
        return Future.failedFuture(refused());
      }
      Promise<Boolean> taken = Promise.promise();
      waiting.add(new Waiter(this, more, nanoTime.getAsLong(), gone, taken));
      return taken.future();
    }

    /** Takes memory that makes the response faster; false when half of it all is taken. */
    public boolean takeAhead(long more) {
      return !over
          && more <= pool.budget.limit() / 2 - pool.budget.held()
          && pool.budget.tryAcquire(more)
          && add(more);
    }

    private boolean add(long more) {
      if (bytes == 0 && !caughtUp) {
        progressNanos = nanoTime.getAsLong();
        holders.add(this);
      }
      bytes += more;
      return true;
    }

    /** Whether memory is held for something that the client may take and has not. */
    boolean offers() {
      return bytes > 0 && !caughtUp;
    }

    /** The client has taken something, or there is something to take for it again. */
    public void progress() {
      caughtUp = false;
      progressNanos = nanoTime.getAsLong();
      holders.remove(this);
      if (bytes > 0) {
        holders.add(this);
      }
    }

    /**
     * The client has taken all there was. It is not slow until {@link #progress} says that there is
     * more: what comes next is still being read or made.
     */
    public void caughtUp() {
      caughtUp = true;
      holders.remove(this);
    }

    /** Gives back what was taken. */
    public void giveBack(long less) {
      if (over) {
        return;
      }
      bytes -= less;
      pool.budget.release(less);
      if (bytes == 0) {
        holders.remove(this);
      }
      serveSoon();
    }

    /** The error of a response that there is no memory for. */
    public HttpException refused() {
      pool.refused.increment();
      return HttpException.overloaded("Too many clients have not read their responses");
    }

    /** Gives back all; nothing can be taken any more. */
    void end() {
      giveBack(bytes);
      over = true;
    }
  }
}
