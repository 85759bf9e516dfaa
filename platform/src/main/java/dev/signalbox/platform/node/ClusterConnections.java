package dev.signalbox.platform.node;

import dev.signalbox.platform.service.MemberConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Makes connections between members, and renews the keys of those that it made. */
final class ClusterConnections implements MemberConnections {

  private final Vertx vertx;
  private final @Nullable String host;
  private final @Nullable ClusterKeys keys;
  private final List<NetServer> servers = new CopyOnWriteArrayList<>();
  private final List<NetClient> clients = new CopyOnWriteArrayList<>();

  ClusterConnections(Vertx vertx, @Nullable String host, @Nullable ClusterKeys keys) {
    this.vertx = vertx;
    this.host = host;
    this.keys = keys;
  }

  @Override
  public @Nullable String host() {
    return host;
  }

  @Override
  public NetServer server(NetServerOptions options) {
    if (keys != null) {
      keys.protect(options);
    }
    NetServer server = vertx.createNetServer(options);
    servers.add(server);
    return server;
  }

  @Override
  public NetClient client(NetClientOptions options) {
    if (keys != null) {
      keys.protect(options);
    }
    NetClient client = vertx.createNetClient(options);
    clients.add(client);
    return client;
  }

  /** Has connections made from now on use renewed keys. */
  Future<Void> renew(ServerSSLOptions forServers, ClientSSLOptions forClients) {
    clients.forEach(client -> client.updateSSLOptions(forClients, true));
    return Future.join(
            servers.stream().map(server -> server.updateSSLOptions(forServers, true)).toList())
        .mapEmpty();
  }

  /**
   * Closes the clients it made. Vert.x closes their connections with the verticle but keeps all
   * that they refer to until each is closed itself, and they refer to the whole process.
   */
  Future<Void> close() {
    return Future.join(clients.stream().map(NetClient::close).toList()).mapEmpty();
  }
}
