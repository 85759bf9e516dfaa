package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Whether the caller may use the route that was found: its token must grant the route's role. */
public final class AuthenticationHandler implements Handler<RoutingContext> {

  private final Access access;

  /** A handler that asks for tokens as configured. */
  public AuthenticationHandler(Access access) {
    this.access = access;
  }

  @Override
  public void handle(RoutingContext ctx) {
    Role role = RequestScope.of(ctx).rules().role();
    switch (access.check(ctx.request().headers().get(HttpHeaders.AUTHORIZATION), role)) {
      case GRANTED -> ctx.next();
      case UNKNOWN ->
          ctx.fail(
              HttpException.of(
                      401,
                      "UNAUTHENTICATED",
                      "A bearer token of the role " + role.label() + " is needed")
                  .with("WWW-Authenticate", "Bearer realm=\"signalbox\""));
      case FORBIDDEN ->
          ctx.fail(HttpException.forbidden("The token lacks the role " + role.label()));
    }
  }
}
