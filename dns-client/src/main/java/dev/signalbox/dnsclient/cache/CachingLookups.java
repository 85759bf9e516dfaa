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
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers from memory what may be, and asks one question once for all who ask it meanwhile. Used
 * from one event loop.
 */
public final class CachingLookups implements Lookups {

  // Less is not worth another message.
  private static final long WORTH_ASKING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ContextInternal context;
  private final DnsResolver resolver;
  private final TimerWheel wheel;
  private final AnswerCache cache;
  private final Map<CacheKey, Flight> flights = new HashMap<>();

  /**
   * A cache before a resolver.
   *
   * @param nanoClock by which answers grow old
   * @param client names it in metrics
   */
  public CachingLookups(
      ContextInternal context,
      DnsResolver resolver,
      TimerWheel wheel,
      CacheLimits limits,
      LongSupplier nanoClock,
      MeterRegistry metrics,
      String client) {
    this.context = context;
    this.resolver = resolver;
    this.wheel = wheel;
    this.cache = new AnswerCache(limits, nanoClock, metrics, client);
  }

  @Override
  public Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation) {
    if (!request.cached()) {
      return resolver.lookup(request, cancellation);
    }
    CacheKey key = CacheKey.of(request);
    Answered kept = cache.find(key, request.question());
    if (kept != null) {
      cache.meters().hit();
      return context.succeededFuture(kept);
    }
    Promise<LookupOutcome> promise = context.promise();
    Flight flight = flights.get(key);
    if (flight == null) {
      cache.meters().missed();
      depart(new Flight(key), request, cancellation, promise);
    } else {
      cache.meters().joined();
      join(flight, request, cancellation, promise);
    }
    return promise.future();
  }

  private void depart(
      Flight flight,
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise) {
    flights.put(flight.key(), flight);
    enter(flight, request, cancellation, promise);
    Lookup lookup = resolver.begin(request);
    flight.carriedBy(lookup);
    lookup.outcome().onComplete(outcome -> land(flight, outcome.result(), outcome.cause()));
  }

  private void join(
      Flight flight,
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise) {
    Waiter waiter = enter(flight, request, cancellation, promise);
    wheel.arm(waiter, waiter.leftNanos());
  }

  private Waiter enter(
      Flight flight,
      LookupRequest request,
      Cancellation cancellation,
      Promise<LookupOutcome> promise) {
    Waiter waiter =
        new Waiter(
            request,
            cancellation,
            promise,
            late -> leave(flight, late, Fault.TIMEOUT, "did not answer in time"));
    flight.waiters().add(waiter);
    waiter.listen(
        () -> leave(flight, waiter, Fault.CANCELLED, "was given up: nobody waits for the answer"));
    return waiter;
  }

  /** One waiter less; without any, nobody needs the answer. */
  private void leave(Flight flight, Waiter waiter, Fault fault, String reason) {
    if (!flight.waiters().remove(waiter)) {
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
    if (flight.waiters().isEmpty()) {
      // Forgotten first, so that who asks next does not join what is being given up.
      flights.remove(flight.key(), flight);
      flight.cancel();
    }
  }

  private void land(Flight flight, @Nullable LookupOutcome outcome, @Nullable Throwable defect) {
    flights.remove(flight.key(), flight);
    if (outcome instanceof Answered answered) {
      cache.keep(flight.key(), answered);
    }
    List<Waiter> waiters = List.copyOf(flight.waiters());
    flight.waiters().clear();
    for (Waiter waiter : waiters) {
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

  /** Questions under way for which there may be several askers. */
  public int flights() {
    return flights.size();
  }

  /** Forgets everything kept. */
  public void close() {
    cache.close();
  }
}
