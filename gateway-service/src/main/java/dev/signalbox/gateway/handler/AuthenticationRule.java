package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;

/** Rejects requests whose token does not grant the role of the route. */
public final class AuthenticationRule implements RequestRule {

  private static final String CHALLENGE = "Bearer realm=\"signalbox\"";

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    Role role = scope.rules().role();
    Caller caller = scope.caller();
    switch (caller.check(role)) {
      case GRANTED -> {
        // Goes on.
      }
      case UNKNOWN ->
          throw HttpException.of(
                  401,
                  "UNAUTHENTICATED",
                  "A bearer token of the role " + role.label() + " is required")
              .with("WWW-Authenticate", CHALLENGE);
      case EXPIRED -> {
        Token token = caller.token();
        Instant end = token == null ? null : token.expires();
        throw HttpException.of(401, "UNAUTHENTICATED", "The token has expired at " + end)
            .with(
                "WWW-Authenticate",
                CHALLENGE
                    + ", error=\"invalid_token\", error_description=\"The token has expired\"");
      }
      case FORBIDDEN ->
          // RFC 6750 section 3.1; it tells a missing role from other reasons for 403.
          throw HttpException.forbidden("The token lacks the role " + role.label())
              .with(
                  "WWW-Authenticate",
                  CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + role.label() + "\"");
    }
  }
}
