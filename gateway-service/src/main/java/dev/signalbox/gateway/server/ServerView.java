package dev.signalbox.gateway.server;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** A server on demand as {@code /api/v1} shows it. */
record ServerView(
    String serverId,
    @Nullable String name,
    int port,
    String pageUri,
    String url,
    String host,
    String node,
    boolean tls,
    int routes,
    String createdAt,
    @Nullable String expiresAt,
    @Nullable String createdBy) {

  static ServerView of(RoutingContext ctx, ServerInfo server, PublishedRange published) {
    String host = host(ctx, server, published);
    Long expires = server.expiresAtEpochMs();
    return new ServerView(
        server.serverId(),
        server.name(),
        server.port(),
        server.pageUri(),
        (server.tls() ? "https://" : "http://")
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + server.port()
            + (server.pageUri().isEmpty() ? "/" : server.pageUri()),
        host,
        server.node(),
        server.tls(),
        server.routes(),
        Response.time(server.createdAtEpochMs()),
        expires == null ? null : Response.time(expires),
        server.createdBy());
  }

  /** Where a client reaches a server: at a published port by the name it has for the gateway. */
  static String host(RoutingContext ctx, ServerInfo server, PublishedRange published) {
    HostAndPort gateway = Requests.authority(ctx);
    if (gateway == null || !published.contains(server.port())) {
      return server.host();
    }
    String host = gateway.host();
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
