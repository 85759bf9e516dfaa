package dev.signalbox.gateway.door;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds requests in flight over all event loops. Beyond the bound a bounded number waits its turn,
 * first come first served; beyond that nobody waits. A slot set free goes straight to the next in
 * line, so that no newcomer overtakes.
 */
public final class Admission {

  /** A request that waits. Whoever calls {@link #claim()} first decides its fate. */
  public static final class Ticket {
    private final AtomicInteger taken = new AtomicInteger();
    private final Runnable admitted;

    private Ticket(Runnable admitted) {
      this.admitted = admitted;
    }

    private boolean claim() {
      return taken.compareAndSet(0, 1);
    }
  }

  private final int maxInFlight;
  private final int maxWaiting;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentLinkedQueue<Ticket> queue = new ConcurrentLinkedQueue<>();

  /** Bounds above 0 and from 0. */
  public Admission(int maxInFlight, int maxWaiting) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
  }

  /** Takes a slot if there is one and nobody waits for it. */
  public boolean tryEnter() {
    if (waiting.get() > 0) {
      return false;
    }
    return tryTake();
  }

  private boolean tryTake() {
    if (inFlight.incrementAndGet() <= maxInFlight) {
      return true;
    }
    inFlight.decrementAndGet();
    return false;
  }

  /**
   * Waits for a slot.
   *
   * @param admitted runs once when the slot is there, on whatever thread set it free
   * @return what cancels the wait; null when too many wait already
   */
  public @Nullable Ticket await(Runnable admitted) {
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      return null;
    }
    var ticket = new Ticket(admitted);
    queue.add(ticket);
    // A slot may have come free between the caller's try and our joining the line.
    handOver();
    return ticket;
  }

  /** Gives the wait up; false when the slot has come already. */
  public boolean cancel(Ticket ticket) {
    if (!ticket.claim()) {
      return false;
    }
    waiting.decrementAndGet();
    queue.remove(ticket);
    return true;
  }

  /** Sets a slot free. */
  public void leave() {
    inFlight.decrementAndGet();
    if (waiting.get() > 0) {
      handOver();
    }
  }

  private void handOver() {
    while (!queue.isEmpty() && tryTake()) {
      Ticket next = nextClaimed();
      if (next != null) {
        next.admitted.run();
        continue;
      }
      inFlight.decrementAndGet();
    }
  }

  private @Nullable Ticket nextClaimed() {
    Ticket next = queue.poll();
    while (next != null) {
      if (next.claim()) {
        waiting.decrementAndGet();
        return next;
      }
      next = queue.poll();
    }
    return null;
  }

  /** Requests in flight now. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Requests that wait now. */
  public int waiting() {
    return waiting.get();
  }
}
