package dev.signalbox.gateway.server;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.gateway.FakeService;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceDefinition;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A server-factory-service whose servers the test makes itself. */
public final class FakeServers {

  private final List<ServerInfo> servers = new CopyOnWriteArrayList<>();
  private final AtomicReference<ServiceContext> context = new AtomicReference<>();

  /** The service. */
  public ServiceDefinition<?> service() {
    return FakeService.named(
        "server-factory-service",
        endpoint ->
            endpoint
                .serve(
                    ServerFactoryContract.LIST,
                    (request, call) ->
                        Future.succeededFuture(new ListServersReply(List.copyOf(servers), 10)))
                .serve(
                    ServerFactoryContract.START,
                    (request, call) ->
                        servers.stream()
                            .filter(server -> server.port() == request.port())
                            .findFirst()
                            .<Future<StartServerReply>>map(server ->
                                Future.succeededFuture(new StartServerReply.Started(server, false)))
                            .orElseGet(() ->
                                Future.failedFuture(
                                    new ServiceException(ErrorCode.CONFLICT, "no such port")))),
        context::set);
  }

  /** A server that exists from now on, without an event. */
  public ServerInfo add(String id, String host, int port) {
    ServerInfo server = new ServerInfo(id, port, "/", "node-1", host, 0);
    servers.add(server);
    return server;
  }

  /** A server that speaks TLS. */
  public ServerInfo addTls(String id, String host, int port) {
    ServerInfo server =
        new ServerInfo(id, port, "/", "node-1", host, 0, "name-of-" + id, true, 1, null, null);
    servers.add(server);
    return server;
  }

  /** Another instance owns a server from now on. */
  public void move(String id, String host, int port) {
    servers.removeIf(server -> server.serverId().equals(id));
    add(id, host, port);
  }

  /** A server is gone, with an event. */
  public void delete(ServerInfo server) {
    servers.remove(server);
    context
        .get()
        .bus()
        .publish(ServerFactoryContract.CHANGED, new ServerChanged("deleted", server));
  }

  /** The event of a new server. */
  public void announce(ServerInfo server) {
    context
        .get()
        .bus()
        .publish(ServerFactoryContract.CHANGED, new ServerChanged("created", server));
  }
}
