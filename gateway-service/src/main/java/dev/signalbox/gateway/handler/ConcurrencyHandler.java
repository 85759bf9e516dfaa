package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.Refusal;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.RefusedException;
import dev.signalbox.gateway.limit.RequestPermits;
import dev.signalbox.gateway.limit.RequestPermits.Kind;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.RouteRules.Bound;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Acquires a permit for a request in flight. A body that is read whole is complete before, so that
 * a slow client holds no permit. Requests that stream their body have separate permits, since their
 * clients decide how long they take.
 */
public final class ConcurrencyHandler implements Handler<RoutingContext> {

  private final RequestPermits permits;
  private final long maxWaitMillis;

  /**
   * A handler.
   *
   * @param permits of all event loops
   * @param maxWait longest time in the queue for a permit
   */
  public ConcurrencyHandler(RequestPermits permits, Duration maxWait) {
    this.permits = permits;
    this.maxWaitMillis = maxWait.toMillis();
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    Bound bound = scope.rules().bound(ctx);
    if (bound == Bound.NONE) {
      ctx.next();
      return;
    }
    Kind kind = kind(bound, scope.rules().body());
    ConcurrencyLimiter limiter = permits.of(kind);
    ConcurrencyLimiter.Permit permit =
        limiter.acquire(
            scope.countedAs(), (ContextInternal) ctx.vertx().getOrCreateContext(), maxWaitMillis);
    scope.onEnd(permit::release);
    permit
        .granted()
        .onComplete(
            _ -> ctx.next(),
            cause ->
                ctx.fail(
                    cause instanceof RefusedException refused && refused.reason() == Refusal.CLIENT
                        ? beyondTheShare(kind, limiter.maxPerClient())
                        : cause));
  }

  private static Kind kind(Bound bound, BodyRule body) {
    return switch (bound) {
      case EVENT_STREAMS -> Kind.EVENT_STREAMS;
      case PROXIED -> Kind.PROXIED;
      case REQUESTS, BY_ACCEPT, NONE ->
          switch (body) {
            case BodyRule.Ignored _, BodyRule.Whole _ -> Kind.REQUESTS;
            case BodyRule.Streamed _, BodyRule.PassedOn _ -> Kind.UPLOADS;
            case BodyRule.Endless _ -> Kind.TASK_STREAMS;
          };
    };
  }

  private static HttpException beyondTheShare(Kind kind, int most) {
    return HttpException.tooManyRequests(
        "This client or its token has %d %s, its share of all (%s)"
            .formatted(most, kind.label(), kind.setting()));
  }
}
