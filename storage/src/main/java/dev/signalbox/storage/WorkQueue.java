package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Works waiting for a thread: bounded, refused at once when full, drained when closed. */
final class WorkQueue {

  private final Semaphore places;
  private final int capacity;
  private final String what;
  private final BlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>();
  private final Pending<?> end;
  private volatile boolean closed;
  private volatile boolean abandoned;

  /**
   * @param end marks the last entry; never runs
   */
  WorkQueue(int capacity, String what, Pending<?> end) {
    this.places = new Semaphore(capacity);
    this.capacity = capacity;
    this.what = what;
    this.end = end;
  }

  /**
   * Accepts a work.
   *
   * @return why not, or null
   */
  @Nullable ServiceException offer(Pending<?> pending) {
    if (closed) {
      return stopping();
    }
    if (!places.tryAcquire()) {
      return new ServiceException(
          ErrorCode.OVERLOADED, capacity + " " + what + " are waiting already");
    }
    waiting.add(pending);
    // Between the look at `closed` and the line above the last thread may have left.
    if (abandoned && waiting.remove(pending)) {
      return stopping();
    }
    return null;
  }

  /**
   * Waits for work.
   *
   * @return at least one and at most so many, in the order they came; empty when there will be none
   */
  List<Pending<?>> take(int atMost) throws InterruptedException {
    List<Pending<?>> taken = new ArrayList<>();
    Pending<?> first = waiting.take();
    if (first == end) {
      waiting.add(end); // for the other threads
      return taken;
    }
    taken.add(first);
    while (taken.size() < atMost) {
      Pending<?> next = waiting.poll();
      if (next == null) {
        break;
      }
      if (next == end) {
        waiting.add(end);
        break;
      }
      taken.add(next);
    }
    places.release(taken.size());
    return taken;
  }

  int size() {
    return capacity - places.availablePermits();
  }

  boolean isClosed() {
    return closed;
  }

  /** Accepts nothing more; what was accepted is still handed out. */
  void close() {
    closed = true;
    waiting.add(end);
  }

  /** To be called when all threads have ended: fails work that was added after the close. */
  void abandon() {
    abandoned = true;
    for (Pending<?> left = waiting.poll(); left != null; left = waiting.poll()) {
      if (left != end) {
        left.tellFailure(stopping());
      }
    }
  }

  private static ServiceException stopping() {
    return new ServiceException(ErrorCode.STOPPING, "storage is closed");
  }
}
