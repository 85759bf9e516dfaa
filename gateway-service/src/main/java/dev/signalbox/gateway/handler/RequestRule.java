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

  /** The rule to keep all of several, checked in this order. */
  static RequestRule all(RequestRule... rules) {
    List<RequestRule> all = List.of(rules);
    return ctx -> {
      for (RequestRule rule : all) {
        rule.check(ctx);
      }
    };
  }

  /** A handler that checks rules in this order. One for all: each handler of a route has a cost. */
  static Handler<RoutingContext> handler(RequestRule... rules) {
    RequestRule all = all(rules);
    return ctx -> {
      all.check(ctx);
      ctx.next();
    };
  }
}
