package dev.signalbox.gateway.door;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** One request's place among those in flight. Belongs to one event loop. */
final class Slot {

  private final Vertx vertx;
  private final Admission admission;
  private Admission.@Nullable Ticket ticket;
  private boolean held;
  private boolean left;

  Slot(Vertx vertx, Admission admission) {
    this.vertx = vertx;
    this.admission = admission;
  }

  /** Takes a place if there is one. */
  boolean enter() {
    held = admission.tryEnter();
    return held;
  }

  /**
   * Waits for a place.
   *
   * @param admitted runs when it is there
   * @param tooLong runs instead when it is not there in time
   * @return false when too many wait already
   */
  boolean await(long maxWaitMillis, Runnable admitted, Runnable tooLong) {
    Context context = vertx.getOrCreateContext();
    Admission.Ticket mine = admission.await(() -> context.runOnContext(_ -> handedOver(admitted)));
    if (mine == null) {
      return false;
    }
    ticket = mine;
    vertx.setTimer(
        maxWaitMillis,
        _ -> {
          if (!left && admission.cancel(mine)) {
            ticket = null;
            tooLong.run();
          }
        });
    return true;
  }

  private void handedOver(Runnable admitted) {
    ticket = null;
    if (left) {
      // The client went away while the place was on its way here.
      admission.leave();
      return;
    }
    held = true;
    admitted.run();
  }

  /** Gives the place, or the wait for it, up. */
  void leave() {
    left = true;
    if (ticket != null) {
      admission.cancel(ticket);
      ticket = null;
    }
    if (held) {
      held = false;
      admission.leave();
    }
  }
}
