package dev.signalbox.gateway.task;

import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.DailyTasks;
import dev.signalbox.gateway.limit.RateLimitFields;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.token.TokenLimits;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the tasks that a token begins on a day of UTC. Whatever runs a task for a client takes it
 * here first, by whichever route it came.
 */
public final class TaskAllowance {

  /** Name of the policy in the fields of a response. */
  private static final String POLICY = "tasks";

  private final DailyTasks tasks;
  private final Counter limited;

  /** An allowance that counts refusals in {@code signalbox_token_limited_total}. */
  public TaskAllowance(DailyTasks tasks, MeterRegistry metrics) {
    this.tasks = tasks;
    this.limited = TokenLimits.refusals(metrics, TokenLimits.TASKS_PER_DAY);
  }

  /**
   * Takes a task for the request's token.
   *
   * @throws HttpException 429 when none is left today
   */
  public void take(RoutingContext ctx) {
    HttpException refusal = tryTake(ctx, RequestScope.of(ctx).caller().token());
    if (refusal != null) {
      throw refusal;
    }
  }

  /**
   * Takes a task for the request's token.
   *
   * @param token as it is now; null without one
   * @return null when it may begin, 429 when none is left today
   */
  @Nullable HttpException tryTake(RoutingContext ctx, @Nullable Token token) {
    String name = token == null ? null : token.name();
    if (token == null || name == null) {
      return null;
    }
    int limit = token.limits().tasksPerDay();
    if (limit == 0) {
      return null;
    }
    DailyTasks.Usage usage = tasks.take(name, limit);
    tell(ctx, limit, usage);
    if (usage.granted()) {
      return null;
    }
    limited.increment();
    return HttpException.tooManyRequests("The token may begin " + limit + " tasks a day (UTC)")
        .with("Retry-After", Long.toString(usage.seconds()));
  }

  /** Tells the client what is left, before it asks for anything. */
  public void tell(RoutingContext ctx, Token token) {
    String name = token.name();
    int limit = token.limits().tasksPerDay();
    if (name != null && limit > 0) {
      tell(ctx, limit, tasks.look(name, limit));
    }
  }

  private static void tell(RoutingContext ctx, int limit, DailyTasks.Usage usage) {
    // A stream has sent its head before most of its tasks begin.
    if (!ctx.response().headWritten()) {
      RateLimitFields.set(
          ctx.response().headers(),
          POLICY,
          limit,
          DailyTasks.windowSeconds(),
          usage.remaining(),
          usage.seconds());
    }
  }
}
