package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.limit.MemoryBudget;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of response bodies that clients have not read. Beyond the bound the response whose
 * client has taken nothing for the longest time is cut, so that clients that do not read take
 * nothing from those that do; where every client has taken something a moment ago, the new response
 * is refused. One belongs to one event loop; those of a process share their bound.
 */
public final class UnreadBodies {

  /**
   * Bodies below are not counted: the number of connections bounds their memory, and the socket
   * takes most of them at once.
   */
  static final int COUNTED_BYTES = 8 * 1_024;

  /** A client that took something within this time is not cut for another. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Pool pool;
  private final Executor loop;
  private final LongSupplier nanoTime;

  /** Those that hold memory, the one that has made no progress for the longest time first. */
  private final Set<Share> holders = new LinkedHashSet<>();

  private UnreadBodies(Pool pool, Executor loop, LongSupplier nanoTime) {
    this.pool = pool;
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /** What the event loops of a process share. */
  public static final class Pool {

    private final MemoryBudget budget;
    private final List<UnreadBodies> loops = new CopyOnWriteArrayList<>();

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

    /** For those that come next: a response of another event loop can only be cut there. */
    private void cutBeside(UnreadBodies asking) {
      for (UnreadBodies other : loops) {
        if (other != asking) {
          other.loop.execute(() -> other.cutSlowest(null));
        }
      }
    }
  }

  /** The error of a response that there is no memory for. */
  public static HttpException refused() {
    return HttpException.overloaded("Too many clients have not read their responses");
  }

  /** Cuts the slowest response; false when each has made progress a moment ago. */
  private boolean cutSlowest(@Nullable Share asking) {
    Iterator<Share> slowest = holders.iterator();
    if (!slowest.hasNext()) {
      return false;
    }
    Share victim = slowest.next();
    if (victim == asking || nanoTime.getAsLong() - victim.progressNanos < PATIENCE_NANOS) {
      return false;
    }
    victim.end();
    victim.cut.run();
    return true;
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
    private boolean over;

    private Share(Runnable cut) {
      this.cut = cut;
    }

    /** Takes memory that the response cannot do without; false when there is none. */
    public boolean take(long more) {
      if (over) {
        return false;
      }
      while (!pool.budget.tryAcquire(more)) {
        if (!cutSlowest(this)) {
          pool.cutBeside(UnreadBodies.this);
          return false;
        }
      }
      return add(more);
    }

    /** Takes memory that makes the response faster; false when half of it all is taken. */
    public boolean takeAhead(long more) {
      return !over
          && pool.budget.held() + more <= pool.budget.limit() / 2
          && pool.budget.tryAcquire(more)
          && add(more);
    }

    private boolean add(long more) {
      if (bytes == 0) {
        progressNanos = nanoTime.getAsLong();
        holders.add(this);
      }
      bytes += more;
      return true;
    }

    /** The client has taken something. */
    public void progress() {
      progressNanos = nanoTime.getAsLong();
      if (holders.remove(this)) {
        holders.add(this);
      }
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
    }

    /** Gives back all; nothing can be taken any more. */
    void end() {
      giveBack(bytes);
      over = true;
    }
  }
}
