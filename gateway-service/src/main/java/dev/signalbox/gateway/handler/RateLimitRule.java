package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules.Bound;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds the requests of a token in a minute and tells it what is left, by the fields {@code
 * RateLimit} and {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers-10. Requests that
 * are answered under overload too, such as those for health and metrics, are not counted.
 */
public final class RateLimitRule implements RequestRule {

  private static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("RateLimit");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    Caller caller = scope.caller();
    Token token = caller.token();
    TokenQuota quota = token == null || caller.expired() ? null : token.quota();
    if (quota == null) {
      return;
    }
    TokenQuota.Usage usage = scope.rules().bound() == Bound.NONE ? quota.look() : quota.take();
    MultiMap headers = ctx.response().headers();
    headers.set(POLICY, "\"token\";q=" + quota.limit() + ";w=" + quota.windowSeconds());
    headers.set(
        RATE_LIMIT,
        "\"token\";r=" + usage.remaining() + (usage.seconds() == 0 ? "" : ";t=" + usage.seconds()));
    if (!usage.granted()) {
      throw HttpException.tooManyRequests(
              "The token may send " + quota.limit() + " requests a minute")
          .with("Retry-After", Long.toString(usage.seconds()));
    }
  }
}
