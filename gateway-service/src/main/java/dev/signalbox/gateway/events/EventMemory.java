package dev.signalbox.gateway.events;

import dev.signalbox.platform.limit.MemoryBudget;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that the readers of all event streams leave unread, over all event loops. When
 * there are too many, the slowest are cut, which have left the most unread for the longest: they
 * reconnect and resume, where buffers would fill the memory. Any thread may use it.
 */
public final class EventMemory {

  /** Lets bytes alone count among readers that all have just begun or gone on. */
  private static final double MOMENT_NANOS = 1_000_000;

  private final LongSupplier nanoTime;
  private final MemoryBudget unread;

  /** Bytes above which readers are cut: those of other event loops leave a moment later. */
  private final long cutAbove;

  private final MemoryBudget pages;
  // Guarded by this.
  private final Set<Account> accounts = new HashSet<>();
  private long leaving;

  /**
   * @param limitBytes a fourth of them is for pages that are read for readers; of the rest, a third
   *     is for what comes while readers are being cut
   * @param nanoTime as {@link System#nanoTime}
   */
  public EventMemory(long limitBytes, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.unread = new MemoryBudget(limitBytes - limitBytes / 4);
    this.cutAbove = limitBytes / 2;
    this.pages = new MemoryBudget(limitBytes / 4);
  }

  /** Memory for pages from the time they are asked for until they are written. */
  public MemoryBudget pages() {
    return pages;
  }

  /** Bytes held for all readers. */
  public long held() {
    return unread.held() + pages.held();
  }

  /**
   * Opens the account of a reader.
   *
   * @param cut cuts the reader, on whatever thread it is called; its account is closed then
   */
  Account open(Runnable cut) {
    return new Account(cut);
  }

  /** What one reader has not read. */
  final class Account {

    private final Runnable cut;
    // Guarded by the EventMemory.
    private long bytes;
    private long progressAt;
    private boolean leaves;
    private boolean closed;

    private Account(Runnable cut) {
      this.cut = cut;
    }

    /** Acquires bytes, for which slower readers are cut; false when this one is to be cut. */
    boolean tryAcquire(int more) {
      while (true) {
        Account slowest;
        synchronized (EventMemory.this) {
          if (closed || leaves || bytes + more > cutAbove) {
            return false; // cutting readers would not make room
          }
          if (unread.held() - leaving + more <= cutAbove) {
            // Fails only while readers that were cut have not freed their bytes.
            return acquired(more);
          }
          slowest = slowest();
          if (slowest == null || slowest == this) {
            return false;
          }
          slowest.leaves = true;
          leaving += slowest.bytes;
        }
        slowest.cut.run();
      }
    }

    private boolean acquired(int more) {
      if (!unread.tryAcquire(more)) {
        return false;
      }
      if (accounts.add(this)) {
        progressAt = nanoTime.getAsLong();
      }
      bytes += more;
      return true;
    }

    void release(int less) {
      synchronized (EventMemory.this) {
        releaseUpTo(less);
      }
    }

    /** Releases all that is left; what is released later has no effect. */
    void close() {
      synchronized (EventMemory.this) {
        closed = true;
        releaseUpTo(bytes);
      }
    }

    private void releaseUpTo(long wanted) {
      long released = Math.min(wanted, bytes);
      bytes -= released;
      unread.release(released);
      progressAt = nanoTime.getAsLong();
      if (leaves) {
        leaving -= released;
      }
      if (bytes == 0) {
        accounts.remove(this);
      }
    }
  }

  private @Nullable Account slowest() {
    long now = nanoTime.getAsLong();
    Account slowest = null;
    double most = 0;
    for (Account account : accounts) {
      double slowness = account.bytes * (now - account.progressAt + MOMENT_NANOS);
      if (!account.leaves && slowness > most) {
        slowest = account;
        most = slowness;
      }
    }
    return slowest;
  }
}
