package dev.signalbox.platform.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the bytes held by all requests of a process together. Acquire before allocating, release
 * when the bytes are no longer referenced. Any thread may use it.
 */
public final class MemoryBudget {

  private final long limitBytes;
  private final AtomicLong held = new AtomicLong();

  public MemoryBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** A budget of the largest heap size divided by {@code divisor}. */
  public static MemoryBudget ofHeap(int divisor) {
    return new MemoryBudget(Runtime.getRuntime().maxMemory() / divisor);
  }

  /** Acquires bytes; false when too few are left. */
  public boolean tryAcquire(long bytes) {
    // Never more than is granted, not for a moment: others would be refused for it.
    long now = held.get();
    while (bytes <= limitBytes - now) {
      long seen = held.compareAndExchange(now, now + bytes);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
    return false;
  }

  public void release(long bytes) {
    held.addAndGet(-bytes);
  }

  public long limit() {
    return limitBytes;
  }

  public long held() {
    return held.get();
  }
}
