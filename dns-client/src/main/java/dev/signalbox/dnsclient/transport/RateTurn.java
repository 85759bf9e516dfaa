package dev.signalbox.dnsclient.transport;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A queued query of a rate limit. Used on the event loop of the query. */
final class RateTurn extends TimerWheel.Timeout implements Revocable {

  private final RateGates home;
  private final long deadlineNanos;
  private final Runnable granted;
  private final Consumer<TransportException> refused;
  private @Nullable RateGate gate;
  private boolean over;

  RateTurn(
      RateGates home, long deadlineNanos, Runnable granted, Consumer<TransportException> refused) {
    this.home = home;
    this.deadlineNanos = deadlineNanos;
    this.granted = granted;
    this.refused = refused;
  }

  void at(RateGate queue) {
    gate = queue;
  }

  @Nullable RateGate gate() {
    return gate;
  }

  RateGates home() {
    return home;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Sends the query, unless it was cancelled: then its permit is lost, for a rate is a limit. */
  void come() {
    if (!over) {
      forget();
      granted.run();
    }
  }

  @Override
  public void cancel() {
    end(Fault.CANCELLED, UdpQuery.CANCELLED_BY_CALLER);
  }

  /** Removes the turn without running a callback. */
  void forget() {
    over = true;
    home.left(this);
  }

  @Override
  protected void expired() {
    end(Fault.TIMEOUT, "was not asked in time: " + home.rule());
  }

  void end(Fault fault, String reason) {
    if (!over) {
      forget();
      refused.accept(new TransportException(fault, reason, 0));
    }
  }
}
