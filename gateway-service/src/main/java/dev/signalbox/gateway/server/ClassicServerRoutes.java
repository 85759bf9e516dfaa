package dev.signalbox.gateway.server;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Section 1, document 1: {@code /active_servers} and {@code /stop_server}. */
public final class ClassicServerRoutes implements Section {

  private final Backend backend;
  private final PublishedRange published;

  public ClassicServerRoutes(Backend backend, PublishedRange published) {
    this.backend = backend;
    this.published = published;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .get("/active_servers", RouteRules.reads(Role.READER, ErrorShapes.STATUS_MESSAGE))
        .handler(respond(this::list));
    router
        .post("/stop_server", RouteRules.changes(Role.OPERATOR, ErrorShapes.STATUS_MESSAGE))
        .handler(respond(this::stop));
  }

  private record ActiveServer(String serverId, int port, String pageUri, String host) {

    static ActiveServer of(ServerInfo server, String host) {
      return new ActiveServer(server.serverId(), server.port(), server.pageUri(), host);
    }
  }

  private record ActiveServers(String status, List<ActiveServer> activeServers) {}

  private record Message(String status, String message) {}

  private Future<Response> list(RoutingContext ctx) {
    return backend
        .call(ctx, ServerFactoryContract.LIST, new ListServersRequest())
        .map(reply ->
            Response.json(
                200,
                new ActiveServers(
                    "success",
                    reply.servers().stream()
                        .map(server ->
                            ActiveServer.of(server, ServerView.host(ctx, server, published)))
                        .toList())));
  }

  private Future<Response> stop(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Object id = StrictJson.object(RequestScope.of(ctx).body().getBytes()).get("server_id");
    if (id == null || id.equals("")) {
      throw HttpException.of(400, "NO_SERVER_ID", "Server ID is required");
    }
    if (!(id instanceof String serverId)) {
      throw HttpException.of(400, "BAD_SERVER_ID", "Server ID must be a string");
    }
    return backend
        .call(ctx, ServerFactoryContract.STOP, new StopServerRequest(serverId))
        .map(reply -> new Message("success", "Server " + reply.server().serverId() + " stopped"))
        .recover(cause ->
            cause instanceof ServiceException fault && fault.code() == ErrorCode.NOT_FOUND
                ? Future.succeededFuture(new Message("error", String.valueOf(fault.getMessage())))
                : Future.failedFuture(cause))
        .map(message -> Response.json(200, message));
  }
}
