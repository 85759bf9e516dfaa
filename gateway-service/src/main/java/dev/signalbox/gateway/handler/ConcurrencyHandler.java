package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Takes a place among the requests in flight: while we work, not while a client sends, so a body
 * that is read whole is there before. A body that is pulled while we work has places of its own,
 * for its client decides how long it takes.
 */
public final class ConcurrencyHandler implements Handler<RoutingContext> {

  private final ConcurrencyLimiter whole;
  private final ConcurrencyLimiter streamed;
  private final long maxWaitMillis;

  /**
   * A handler.
   *
   * @param whole places of requests whose body is there
   * @param streamed places of requests whose body is pulled
   * @param maxWait how long a request may wait for a place
   */
  public ConcurrencyHandler(
      ConcurrencyLimiter whole, ConcurrencyLimiter streamed, Duration maxWait) {
    this.whole = whole;
    this.streamed = streamed;
    this.maxWaitMillis = maxWait.toMillis();
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    RouteRules rules = scope.rules();
    if (!rules.limited()) {
      ctx.next();
      return;
    }
    ConcurrencyLimiter limiter =
        switch (rules.body()) {
          case BodyRule.Ignored _, BodyRule.Whole _ -> whole;
          case BodyRule.Streamed _, BodyRule.Endless _ -> streamed;
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
