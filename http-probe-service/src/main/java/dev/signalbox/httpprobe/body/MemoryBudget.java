package dev.signalbox.httpprobe.body;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes that all bodies being read may hold at once. */
public final class MemoryBudget {

  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** Takes bytes; false, and none taken, when there are not that many left. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  public long taken() {
    return taken.get();
  }
}
