package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.DnsResolver;
import dev.signalbox.dnsclient.resolver.Lookup;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Patience;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers from memory what may be, and asks one question once for all who ask it meanwhile. Used
 * from one event loop; memory and questions under way are those of all who share them.
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
    board(key, new Waiter(request, cancellation, promise, this));
    return promise.future();
  }

  private void board(CacheKey key, Waiter waiter) {
    while (true) {
      Flight fresh = new Flight(key, context);
      fresh.join(waiter);
      Flight known = shared.flights().putIfAbsent(key, fresh);
      if (known == null) {
        shared.cache().meters().missed();
        waiter.boarded(fresh);
        depart(fresh, waiter.request());
        return;
      }
      if (known.join(waiter)) {
        shared.cache().meters().joined();
        waiter.boarded(known);
        wheel.arm(waiter, waiter.leftNanos());
        return;
      }
      // Over a moment ago, on another event loop, which removes it too.
      shared.flights().remove(key, known);
    }
  }

  private void depart(Flight flight, LookupRequest request) {
    Lookup lookup = resolver.begin(request);
    flight.carriedBy(lookup);
    lookup.outcome().onComplete(outcome -> land(flight, outcome.result(), outcome.cause()));
  }

  /** One waiter less; without any, nobody needs the answer. */
  void leave(Flight flight, Waiter waiter, Fault fault, String reason) {
    Flight.Left left = flight.leave(waiter);
    if (left == Flight.Left.TOO_LATE) {
      return;
    }
    wheel.disarm(waiter);
    Upstream upstream = waiter.request().upstreams().getFirst();
    waiter.complete(
        new Unanswered(
            fault,
            upstream.label() + " " + reason,
            upstream.label(),
            upstream.protocol(),
            flight.attempts()));
    if (left == Flight.Left.LAST) {
      // Forgotten first, so that who asks next does not join what is being given up.
      shared.flights().remove(flight.key(), flight);
      flight.cancel();
    }
  }

  private void land(Flight flight, @Nullable LookupOutcome outcome, @Nullable Throwable defect) {
    if (outcome instanceof Answered answered) {
      shared.cache().keep(flight.key(), answered);
    }
    shared.flights().remove(flight.key(), flight);
    for (Waiter waiter : flight.land()) {
      waiter.home().context.execute(() -> waiter.home().settle(waiter, outcome, defect));
    }
  }

  private void settle(Waiter waiter, @Nullable LookupOutcome outcome, @Nullable Throwable defect) {
    wheel.disarm(waiter);
    switch (outcome) {
      case null -> waiter.promise().tryFail(defect);
      case Answered answered ->
          waiter.complete(StoredAnswer.shared(answered, waiter.request().question()));
      case Unanswered unanswered
          when unanswered.fault() == Fault.TIMEOUT && waiter.leftNanos() > WORTH_ASKING_NANOS ->
          again(waiter);
      case Unanswered unanswered -> waiter.complete(unanswered);
    }
  }

  // The time that ran out was that of whoever asked first; this one has some left.
  private void again(Waiter waiter) {
    Patience left = new Patience(waiter.leftNanos(), waiter.request().patience().retries());
    lookup(waiter.request().with(left), waiter.cancellation())
        .onComplete(outcome -> {
          if (outcome.succeeded()) {
            waiter.complete(outcome.result());
          } else {
            waiter.promise().tryFail(outcome.cause());
          }
        });
  }

  /** Questions under way for which there may be several askers, on all event loops. */
  public int flights() {
    return shared.flights().size();
  }
}
