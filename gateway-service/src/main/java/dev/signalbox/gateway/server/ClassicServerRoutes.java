package dev.signalbox.gateway.server;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.Future;
import java.util.List;

/** Section 1, document 1: {@code /active_servers} and {@code /stop_server}. */
public final class ClassicServerRoutes implements Routes {

  private final Backend backend;

  /** Routes onto server-factory-service. */
  public ClassicServerRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get("/active_servers", Role.READER, ClassicFaults.STATUS_MESSAGE, this::list))
        .add(Route.post("/stop_server", Role.OPERATOR, ClassicFaults.STATUS_MESSAGE, this::stop));
  }

  private record ActiveServer(String serverId, int port, String pageUri, String host) {

    static ActiveServer of(ServerInfo server) {
      return new ActiveServer(server.serverId(), server.port(), server.pageUri(), server.host());
    }
  }

  private record ActiveServers(String status, List<ActiveServer> activeServers) {}

  private record Message(String status, String message) {}

  private Future<Answer> list(Exchange exchange) {
    return backend
        .call(exchange, ServerFactoryContract.LIST, new ListServersRequest())
        .map(reply ->
            Answers.json(
                200,
                new ActiveServers(
                    "success", reply.servers().stream().map(ActiveServer::of).toList())));
  }

  private Future<Answer> stop(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Object id = StrictJson.object(exchange.body().getBytes()).get("server_id");
    if (id == null || id.equals("")) {
      throw HttpFault.of(400, "NO_SERVER_ID", "Server ID is required");
    }
    if (!(id instanceof String serverId)) {
      throw HttpFault.of(400, "BAD_SERVER_ID", "Server ID must be a string");
    }
    return backend
        .call(exchange, ServerFactoryContract.STOP, new StopServerRequest(serverId))
        .map(reply -> new Message("success", "Server " + reply.server().serverId() + " stopped"))
        .recover(cause ->
            cause instanceof ServiceException fault && fault.code() == ErrorCode.NOT_FOUND
                ? Future.succeededFuture(new Message("error", String.valueOf(fault.getMessage())))
                : Future.failedFuture(cause))
        .map(message -> Answers.json(200, message));
  }
}
