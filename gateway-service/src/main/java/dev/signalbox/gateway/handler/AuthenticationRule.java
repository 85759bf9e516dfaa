package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.ext.web.RoutingContext;

/** Rejects requests whose token or certificate does not grant the role of the route. */
public final class AuthenticationRule implements RequestRule {

  private static final String CHALLENGE = "Bearer realm=\"signalbox\"";

  private final String wanted;

  /**
   * The rule of a door.
   *
   * @param certificates whether the door asks clients for a certificate
   */
  public AuthenticationRule(boolean certificates) {
    this.wanted = certificates ? "A bearer token or a client certificate" : "A bearer token";
  }

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
                  401, "UNAUTHENTICATED", wanted + " of the role " + role.label() + " is required")
              .with("WWW-Authenticate", CHALLENGE);
      case EXPIRED ->
          throw HttpException.of(
                  401,
                  "UNAUTHENTICATED",
                  "The " + credential(caller) + " has expired at " + caller.ended())
              .with(
                  "WWW-Authenticate",
                  CHALLENGE
                      + ", error=\"invalid_token\", error_description=\"The "
                      + credential(caller)
                      + " has expired\"");
      case FORBIDDEN ->
          // RFC 6750 section 3.1; it tells a missing role from other reasons for 403.
          throw HttpException.forbidden(
                  "The " + credential(caller) + " lacks the role " + role.label())
              .with(
                  "WWW-Authenticate",
                  CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + role.label() + "\"");
    }
  }

  private static String credential(Caller caller) {
    Token token = caller.token();
    return token == null ? "token" : token.credential().label();
  }
}
