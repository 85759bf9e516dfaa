package dev.signalbox.gateway.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that may be held at a time, over all doors and event loops. A share is taken before the
 * bytes are, and given back when they are no longer referred to. Any thread may use it.
 */
public final class MemoryBudget {

  private final long limitBytes;
  private final AtomicLong held = new AtomicLong();

  /** A budget of so many bytes. */
  public MemoryBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /**
   * A budget of a share of the heap.
   *
   * @param divisor the share is the largest heap divided by this
   */
  public static MemoryBudget ofHeap(int divisor) {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / divisor);
  }

  /** Takes bytes if so many are left. */
  public boolean tryAcquire(long bytes) {
    if (held.addAndGet(bytes) <= limitBytes) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    held.addAndGet(-bytes);
  }

  /** Bytes that may be held. */
  public long limit() {
    return limitBytes;
  }

  /** Bytes held now. */
  public long held() {
    return held.get();
  }
}
