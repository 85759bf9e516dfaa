package dev.signalbox.gateway.handler;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** A rule that a request keeps or breaks, known without waiting. */
@FunctionalInterface
public interface RequestRule {

  /**
   * Checks a request.
   *
   * @throws dev.signalbox.gateway.error.HttpException when it breaks the rule
   */
  void check(RoutingContext ctx);

  /** A handler that checks rules in this order. One for all: each handler of a route has a cost. */
  static Handler<RoutingContext> handler(RequestRule... rules) {
    List<RequestRule> all = List.of(rules);
    return ctx -> {
      for (RequestRule rule : all) {
        rule.check(ctx);
      }
      ctx.next();
    };
  }
}
