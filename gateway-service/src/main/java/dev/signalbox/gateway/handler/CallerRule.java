package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Finds out who sent a request, for the rules after it and for what is recorded about it. */
public final class CallerRule implements RequestRule {

  private final Access access;

  public CallerRule(Access access) {
    this.access = access;
  }

  @Override
  public void check(RoutingContext ctx) {
    RequestScope.of(ctx)
        .setCaller(access.caller(ctx.request().headers().get(HttpHeaders.AUTHORIZATION)));
  }
}
