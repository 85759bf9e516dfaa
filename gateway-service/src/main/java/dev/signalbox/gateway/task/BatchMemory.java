package dev.signalbox.gateway.task;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that the answers of all batches under way hold together: a quarter of the heap. Shared by
 * all event loops.
 */
public final class BatchMemory {

  private final long limit;
  private final AtomicLong held = new AtomicLong();

  /** A bound for this process. */
  public BatchMemory() {
    this(Runtime.getRuntime().maxMemory() / 4);
  }

  BatchMemory(long limit) {
    this.limit = limit;
  }

  /** Takes memory if there is so much. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) <= limit) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }
}
