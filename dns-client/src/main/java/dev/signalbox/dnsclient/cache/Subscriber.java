package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A caller that waits for a pending query, with its own deadline. */
final class Subscriber extends TimerWheel.Timeout {

  private final LookupRequest request;
  private final Cancellation cancellation;
  private final Promise<LookupOutcome> promise;
  private final long deadlineNanos;
  private final CachingLookups home;
  private @Nullable PendingQuery pending;
  private Cancellation.@Nullable Registration registration;

  Subscriber(
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise,
      CachingLookups home) {
    this.request = request;
    this.cancellation = cancellation;
    this.promise = promise;
    this.home = home;
    this.deadlineNanos = System.nanoTime() + request.retryPolicy().timeoutNanos();
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

  /** The lookups on whose event loop it waits. */
  CachingLookups home() {
    return home;
  }

  void joined(PendingQuery query) {
    pending = query;
    registration =
        cancellation.onRequest(
            () -> home.leave(query, this, Fault.CANCELLED, "was cancelled by the caller"));
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
    if (pending != null) {
      home.leave(pending, this, Fault.TIMEOUT, "did not answer in time");
    }
  }
}
