package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Rejects requests whose token does not grant the role of the route. */
public final class AuthenticationRule implements RequestRule {

  private static final String CHALLENGE = "Bearer realm=\"signalbox\"";

  private final Access access;

  public AuthenticationRule(Access access) {
    this.access = access;
  }

  @Override
  public void check(RoutingContext ctx) {
    Role role = RequestScope.of(ctx).rules().role();
    switch (access.check(ctx.request().headers().get(HttpHeaders.AUTHORIZATION), role)) {
      case GRANTED -> {
        // Goes on.
      }
      case UNKNOWN ->
          throw HttpException.of(
                  401,
                  "UNAUTHENTICATED",
                  "A bearer token of the role " + role.label() + " is required")
              .with("WWW-Authenticate", CHALLENGE);
      case FORBIDDEN ->
          // RFC 6750 section 3.1; it tells a missing role from other reasons for 403.
          throw HttpException.forbidden("The token lacks the role " + role.label())
              .with(
                  "WWW-Authenticate",
                  CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + role.label() + "\"");
    }
  }
}
