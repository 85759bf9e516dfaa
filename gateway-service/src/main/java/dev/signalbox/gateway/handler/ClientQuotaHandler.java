package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the requests that one client has open, from their head to the end of their response, so
 * that no client keeps the others out by sending slowly.
 */
public final class ClientQuotaHandler implements Handler<RoutingContext> {

  private static final long SHUTDOWN_S = 5;

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    if (!scope.rules().limited()) {
      ctx.next();
    } else if (scope.connection().reserve()) {
      scope.closeAfter();
      if (scope.connection().multiplexed()) {
        // Ends when the streams under way have ended: the client comes back on another.
        scope.connection().http().shutdown(SHUTDOWN_S, TimeUnit.SECONDS);
      }
      ctx.fail(HttpException.overloaded("Too many connections are open"));
    } else if (begin(scope)) {
      ctx.next();
    } else {
      ctx.fail(
          HttpException.tooManyRequests("This client has as many requests open as it may have"));
    }
  }

  private static boolean begin(RequestScope scope) {
    ClientQuotas.Client client = scope.connection().client();
    if (!client.tryBeginRequest()) {
      return false;
    }
    scope.onEnd(client::endRequest);
    return true;
  }
}
