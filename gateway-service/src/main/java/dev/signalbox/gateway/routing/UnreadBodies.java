package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The memory of response bodies that clients have not read. Beyond the bound the response whose
 * client has taken nothing for the longest time is cut, so that clients that do not read take
 * nothing from those that do; where every client has taken something a moment ago, the new response
 * is refused. Belongs to one event loop.
 */
public final class UnreadBodies {

  /**
   * Bodies below are not counted: the number of connections bounds their memory, and the socket
   * takes most of them at once.
   */
  static final int COUNTED_BYTES = 8 * 1_024;

  /** A client that took something within this time is not cut for another. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final long limitBytes;
  private final LongSupplier nanoTime;

  /** Those that hold memory, the one that has made no progress for the longest time first. */
  private final Set<Share> holders = new LinkedHashSet<>();

  private long heldBytes;

  /** No more than {@code limitBytes}, 1 or more. */
  public UnreadBodies(long limitBytes, LongSupplier nanoTime) {
    this.limitBytes = limitBytes;
    this.nanoTime = nanoTime;
  }

  /** The error of a response that there is no memory for. */
  public static HttpException refused() {
    return HttpException.overloaded("Too many clients have not read their responses");
  }

  /** Bytes held now. */
  public long heldBytes() {
    return heldBytes;
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
      long now = nanoTime.getAsLong();
      while (heldBytes + more > limitBytes) {
        Iterator<Share> slowest = holders.iterator();
        Share victim = slowest.hasNext() ? slowest.next() : this;
        if (victim == this || now - victim.progressNanos < PATIENCE_NANOS) {
          return false;
        }
        victim.end();
        victim.cut.run();
      }
      add(more, now);
      return true;
    }

    /** Takes memory that makes the response faster; false when half of it all is taken. */
    public boolean takeAhead(long more) {
      if (over || heldBytes + more > limitBytes / 2) {
        return false;
      }
      add(more, nanoTime.getAsLong());
      return true;
    }

    private void add(long more, long now) {
      if (bytes == 0) {
        progressNanos = now;
        holders.add(this);
      }
      bytes += more;
      heldBytes += more;
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
      heldBytes -= less;
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
