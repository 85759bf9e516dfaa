package dev.signalbox.dnsclient.resolver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/** Answers questions. Used from one event loop. */
public final class DnsResolver {

  private final ContextInternal context;
  private final Transports transports;

  /** A resolver of one event loop. */
  public DnsResolver(ContextInternal context, Transports transports) {
    this.context = context;
    this.transports = transports;
  }

  /**
   * Asks a question.
   *
   * @return fails only on a defect
   */
  public Future<LookupOutcome> lookup(LookupRequest request) {
    Promise<LookupOutcome> promise = context.promise();
    new Lookup(request, transports, promise).start();
    return promise.future();
  }
}
