package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules.Bound;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the open requests of one client, from their head to the end of their response, so that a
 * client that sends slowly does not lock out the others.
 */
public final class ClientQuotaRule implements RequestRule {

  private static final long SHUTDOWN_S = 5;

  private final ClientQuotas quotas;

  public ClientQuotaRule(ClientQuotas quotas) {
    this.quotas = quotas;
  }

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    Bound bound = scope.bound(ctx);
    if (bound == Bound.NONE) {
      return;
    }
    ClientConnection connection = scope.connection();
    if (connection.reserve()) {
      scope.closeAfterResponse();
      if (connection.multiplexed()) {
        // GOAWAY: the connection closes after its streams in flight.
        connection.http().shutdown(SHUTDOWN_S, TimeUnit.SECONDS);
      }
      throw HttpException.overloaded("Too many connections are open");
    }
    ClientQuotas.Client client = client(scope);
    if (bound == Bound.EVENT_STREAMS) {
      if (!client.tryBeginEventStream()) {
        throw HttpException.tooManyRequests("This client has too many open streams of events");
      }
      scope.onEnd(client::endEventStream);
      return;
    }
    if (!client.tryBeginRequest()) {
      throw HttpException.tooManyRequests("This client has too many open requests");
    }
    scope.onEnd(client::endRequest);
  }

  /** The peer, or for the connection of a proxy the one who sent this request. */
  private ClientQuotas.Client client(RequestScope scope) {
    ClientAddress sender = scope.client();
    if (!sender.proxied()) {
      return scope.connection().client();
    }
    ClientQuotas.Client client = quotas.hold(sender.host());
    scope.onEnd(client::release);
    return client;
  }
}
