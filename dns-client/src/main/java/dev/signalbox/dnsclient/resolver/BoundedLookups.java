package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;

/**
 * Answers a limited number of questions: all those that one task leads to. Whether the cache has
 * the answer makes no difference, so that the same task always ends the same way. Used from one
 * event loop.
 */
public final class BoundedLookups implements Lookups {

  private final Lookups lookups;
  private final int most;
  private int asked;

  /** Look-ups of one task. */
  public BoundedLookups(Lookups lookups, int most) {
    this.lookups = lookups;
    this.most = most;
  }

  @Override
  public Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation) {
    if (asked >= most) {
      Upstream upstream = request.upstreams().getFirst();
      String reason =
          upstream.label() + " was not asked: the task needs more than " + most + " queries";
      return Future.succeededFuture(
          new Unanswered(Fault.LIMIT, reason, upstream.label(), upstream.protocol(), 0));
    }
    asked++;
    return lookups.lookup(request, cancellation);
  }
}
