package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for a question under way, with a deadline of their own. */
final class Waiter extends TimerWheel.Timeout {

  private final LookupRequest request;
  private final Cancellation cancellation;
  private final Promise<LookupOutcome> promise;
  private final long deadlineNanos;
  private final Consumer<Waiter> late;
  private Cancellation.@Nullable Registration registration;

  Waiter(
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise,
      Consumer<Waiter> late) {
    this.request = request;
    this.cancellation = cancellation;
    this.promise = promise;
    this.late = late;
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

  void listen(Runnable cancelled) {
    registration = cancellation.onRequest(cancelled);
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
    late.accept(this);
  }
}
