package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.DnsResolver;
import dev.signalbox.dnsclient.resolver.Lookup;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers from the cache where it may, and sends one query for all callers that ask the same
 * question meanwhile. Used from one event loop; cache and pending queries are shared with others.
 */
public final class CachingLookups implements Lookups {

  // Less is not worth another message.
  private static final long WORTH_ASKING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ContextInternal context;
  private final DnsResolver resolver;
  private final TimerWheel wheel;
  private final SharedAnswers shared;

  /** A cache before a resolver. */
  public CachingLookups(
      ContextInternal context, DnsResolver resolver, TimerWheel wheel, SharedAnswers shared) {
    this.context = context;
    this.resolver = resolver;
    this.wheel = wheel;
    this.shared = shared;
  }

  @Override
  public Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation) {
    if (!request.cached()) {
      return resolver.lookup(request, cancellation);
    }
    CacheKey key = CacheKey.of(request);
    Answered kept = shared.cache().find(key, request.question());
    if (kept != null) {
      shared.cache().meters().hit();
      return context.succeededFuture(kept);
    }
    Promise<LookupOutcome> promise = context.promise();
    join(key, new Subscriber(request, cancellation, promise, this));
    return promise.future();
  }

  private void join(CacheKey key, Subscriber subscriber) {
    while (true) {
      PendingQuery fresh = new PendingQuery(key, context);
      fresh.join(subscriber);
      PendingQuery known = shared.pendingQueries().putIfAbsent(key, fresh);
      if (known == null) {
        shared.cache().meters().missed();
        subscriber.joined(fresh);
        start(fresh, subscriber.request());
        return;
      }
      if (known.join(subscriber)) {
        shared.cache().meters().joined();
        subscriber.joined(known);
        wheel.arm(subscriber, subscriber.leftNanos());
        return;
      }
      // Over a moment ago, on another event loop, which removes it too.
      shared.pendingQueries().remove(key, known);
    }
  }

  private void start(PendingQuery pending, LookupRequest request) {
    Lookup lookup = resolver.begin(request);
    pending.started(lookup);
    lookup.outcome().onComplete(outcome -> complete(pending, outcome.result(), outcome.cause()));
  }

  /** Removes a subscriber; a query without one is cancelled. */
  void leave(PendingQuery pending, Subscriber subscriber, Fault fault, String reason) {
    PendingQuery.Left left = pending.leave(subscriber);
    if (left == PendingQuery.Left.TOO_LATE) {
      return;
    }
    wheel.disarm(subscriber);
    Upstream upstream = subscriber.request().upstreams().getFirst();
    subscriber.complete(
        new Unanswered(
            fault,
            upstream.label() + " " + reason,
            upstream.label(),
            upstream.protocol(),
            pending.attempts()));
    if (left == PendingQuery.Left.LAST) {
      // Removed first, so that the next caller does not join a query that is being cancelled.
      shared.pendingQueries().remove(pending.key(), pending);
      pending.cancel();
    }
  }

  private void complete(
      PendingQuery pending, @Nullable LookupOutcome outcome, @Nullable Throwable defect) {
    if (outcome instanceof Answered answered) {
      shared.cache().keep(pending.key(), answered);
    }
    shared.pendingQueries().remove(pending.key(), pending);
    for (Subscriber subscriber : pending.complete()) {
      subscriber
          .home()
          .context
          .execute(() -> subscriber.home().settle(subscriber, outcome, defect));
    }
  }

  private void settle(
      Subscriber subscriber, @Nullable LookupOutcome outcome, @Nullable Throwable defect) {
    wheel.disarm(subscriber);
    switch (outcome) {
      case null -> subscriber.promise().tryFail(defect);
      case Answered answered ->
          subscriber.complete(StoredAnswer.shared(answered, subscriber.request().question()));
      case Unanswered unanswered
          when unanswered.fault() == Fault.TIMEOUT && subscriber.leftNanos() > WORTH_ASKING_NANOS ->
          again(subscriber);
      case Unanswered unanswered -> subscriber.complete(unanswered);
    }
  }

  // The first subscriber's time ran out; this one has some left.
  private void again(Subscriber subscriber) {
    RetryPolicy left =
        new RetryPolicy(subscriber.leftNanos(), subscriber.request().retryPolicy().retries());
    lookup(subscriber.request().with(left), subscriber.cancellation())
        .onComplete(outcome -> {
          if (outcome.succeeded()) {
            subscriber.complete(outcome.result());
          } else {
            subscriber.promise().tryFail(outcome.cause());
          }
        });
  }

  /** Queries in flight that callers may join, on all event loops. */
  public int pendingQueries() {
    return shared.pendingQueries().size();
  }
}
