package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for a question under way, with a deadline of their own. */
final class Waiter extends TimerWheel.Timeout {

  private final LookupRequest request;
  private final Cancellation cancellation;
  private final Promise<LookupOutcome> promise;
  private final long deadlineNanos;
  private final CachingLookups home;
  private @Nullable Flight flight;
  private Cancellation.@Nullable Registration registration;

  Waiter(
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise,
      CachingLookups home) {
    this.request = request;
    this.cancellation = cancellation;
    this.promise = promise;
    this.home = home;
    this.deadlineNanos = System.nanoTime() + request.patience().timeoutNanos();
  }

  LookupRequest request() {
    return request;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  long leftNanos() {
    return deadlineNanos - System.nanoTime();
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  Promise<LookupOutcome> promise() {
    return promise;
  }

  /** On whose event loop it waits. */
  CachingLookups home() {
    return home;
  }

  void boarded(Flight carrier) {
    flight = carrier;
    registration =
        cancellation.onRequest(() ->
            home.leave(
                carrier, this, Fault.CANCELLED, "was given up: nobody waits for the answer"));
  }

  void complete(LookupOutcome outcome) {
    Cancellation.Registration listening = registration;
    if (listening != null) {
      listening.remove();
    }
    promise.tryComplete(outcome);
  }

  @Override
  protected void expired() {
    if (flight != null) {
      home.leave(flight, this, Fault.TIMEOUT, "did not answer in time");
    }
  }
}
