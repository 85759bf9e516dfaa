package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.RateLimitFields;
import dev.signalbox.gateway.limit.RequestTotals;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules.Bound;
import dev.signalbox.gateway.task.TaskAllowance;
import dev.signalbox.platform.token.TokenLimits;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;

/**
 * Bounds the requests of a token in a minute and tells it what is left, of these and of the tasks
 * of the day. Requests that are answered under overload too, such as those for health and metrics,
 * are not counted.
 */
public final class RateLimitRule implements RequestRule {

  /** Name of the policy in the fields of a response. */
  private static final String POLICY = "token";

  private final TaskAllowance tasks;
  private final RequestTotals totals;
  private final Counter limited;

  /**
   * A rule that counts refusals in {@code signalbox_token_limited_total}.
   *
   * @param totals of requests, which other gateways are told
   */
  public RateLimitRule(TaskAllowance tasks, RequestTotals totals, MeterRegistry metrics) {
    this.tasks = tasks;
    this.totals = totals;
    this.limited = TokenLimits.refusals(metrics, TokenLimits.REQUESTS_PER_MINUTE);
  }

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    Caller caller = scope.caller();
    Token token = caller.token();
    if (token == null || caller.expired()) {
      return;
    }
    tasks.tell(ctx, token);
    TokenQuota quota = token.quota();
    if (quota == null) {
      return;
    }
    boolean counted = scope.bound(ctx) != Bound.NONE;
    TokenQuota.Usage usage = counted ? quota.take() : quota.look();
    String name = token.name();
    if (counted && usage.granted() && name != null) {
      totals.add(name);
    }
    RateLimitFields.set(
        ctx.response().headers(),
        POLICY,
        quota.limit(),
        quota.windowSeconds(),
        usage.remaining(),
        usage.seconds());
    if (!usage.granted()) {
      limited.increment();
      throw HttpException.tooManyRequests(
              "The token may send " + quota.limit() + " requests a minute")
          .with("Retry-After", Long.toString(usage.seconds()));
    }
  }
}
