package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules;
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

  private final ConcurrencyLimiter whole;
  private final ConcurrencyLimiter streamed;
  private final ConcurrencyLimiter eventStreams;
  private final ConcurrencyLimiter proxied;
  private final long maxWaitMillis;

  /**
   * A handler.
   *
   * @param whole permits of requests whose body is complete
   * @param streamed permits of requests that stream their body
   * @param eventStreams permits of streams of events
   * @param proxied permits of requests passed on to servers on demand
   * @param maxWait longest time in the queue for a permit
   */
  public ConcurrencyHandler(
      ConcurrencyLimiter whole,
      ConcurrencyLimiter streamed,
      ConcurrencyLimiter eventStreams,
      ConcurrencyLimiter proxied,
      Duration maxWait) {
    this.whole = whole;
    this.streamed = streamed;
    this.eventStreams = eventStreams;
    this.proxied = proxied;
    this.maxWaitMillis = maxWait.toMillis();
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    RouteRules rules = scope.rules();
    Bound bound = rules.bound(ctx);
    if (bound == Bound.NONE) {
      ctx.next();
      return;
    }
    ConcurrencyLimiter limiter =
        switch (bound) {
          case EVENT_STREAMS -> eventStreams;
          case PROXIED -> proxied;
          case REQUESTS, BY_ACCEPT, NONE ->
              switch (rules.body()) {
                case BodyRule.Ignored _, BodyRule.Whole _ -> whole;
                case BodyRule.Streamed _, BodyRule.Endless _, BodyRule.PassedOn _ -> streamed;
              };
        };
    ConcurrencyLimiter.Permit permit =
        limiter.acquire((ContextInternal) ctx.vertx().getOrCreateContext(), maxWaitMillis);
    scope.onEnd(permit::release);
    permit
        .granted()
        .onComplete(granted -> {
          if (granted.succeeded()) {
            ctx.next();
          } else {
            ctx.fail(granted.cause());
          }
        });
  }
}
