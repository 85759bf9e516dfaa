package dev.signalbox.dnsclient.resolver;

import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/** Answers questions by asking. Used from one event loop. */
public final class DnsResolver implements Lookups {

  private final ContextInternal context;
  private final Transports transports;

  /** A resolver of one event loop. */
  public DnsResolver(ContextInternal context, Transports transports) {
    this.context = context;
    this.transports = transports;
  }

  @Override
  public Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation) {
    Lookup lookup = begin(request);
    if (cancellation == Cancellation.NEVER) {
      return lookup.outcome();
    }
    Cancellation.Registration registration = cancellation.onRequest(lookup::cancel);
    return lookup.outcome().onComplete(_ -> registration.remove());
  }

  /** Begins to ask a question. */
  public Lookup begin(LookupRequest request) {
    Promise<LookupOutcome> promise = context.promise();
    Lookup lookup = new Lookup(request, transports, promise);
    lookup.start();
    return lookup;
  }
}
