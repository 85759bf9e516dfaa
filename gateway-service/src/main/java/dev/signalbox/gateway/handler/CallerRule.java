package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.ClientCertificate;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/**
 * Finds out who sent a request, for the rules after it and for what is recorded about it.
 *
 * <p>A browser shows its certificate with every request, also with those that a page of another
 * site makes it send. They count as sent without one (Fetch Metadata, W3C), as a cookie with {@code
 * SameSite=Strict} would be missing.
 */
public final class CallerRule implements RequestRule {

  private final Access access;

  public CallerRule(Access access) {
    this.access = access;
  }

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    MultiMap headers = ctx.request().headers();
    String authorization = headers.get(HttpHeaders.AUTHORIZATION);
    ClientCertificate certificate =
        OriginRule.ofAnotherSite(headers) ? null : scope.connection().certificate();
    scope.setCaller(() -> access.caller(authorization, certificate));
  }
}
