package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.definition.Page;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that listen here. They answer only while this instance holds its lease: each request
 * asks the lease, since after a pause of the process no timer may have fired yet. Used from one
 * event loop.
 */
final class PageServers {

  private static final Logger LOG = LoggerFactory.getLogger(PageServers.class);

  private static final int MOST_LOOKS = 50;
  private static final long LOOK_AGAIN_MS = 5;
  private static final long FINISH_S = 1;

  private final Vertx vertx;
  private final ServerFactoryConfig config;
  private final Lease lease;
  private final Map<String, Listener> listening = new HashMap<>();
  private final Map<String, Future<Void>> closing = new HashMap<>();

  PageServers(Vertx vertx, ServerFactoryConfig config, Lease lease) {
    this.vertx = vertx;
    this.config = config;
    this.lease = lease;
  }

  /** Which servers listen. */
  Set<String> ids() {
    return Set.copyOf(listening.keySet());
  }

  /** Listens for a server; fails when the port is not to be had. */
  Future<Void> open(ServerRow row) {
    if (listening.containsKey(row.serverId())) {
      return Future.succeededFuture();
    }
    return closing
        .getOrDefault(row.serverId(), Future.succeededFuture())
        .otherwiseEmpty()
        .compose(closed -> vertx.executeBlocking(() -> probe(row.port()), false))
        .compose(free -> listen(row))
        .compose(server -> {
          if (!lease.held()) {
            return server
                .close()
                .transform(closed -> Future.failedFuture(new IOException("the lease has ended")));
          }
          listening.put(row.serverId(), new Listener(server, row.port()));
          return Future.succeededFuture();
        });
  }

  /** Stops listening; nothing when it does not listen. */
  Future<Void> close(String serverId) {
    return close(serverId, HttpServer::close);
  }

  /** Stops listening when the requests under way are answered, or do not end. */
  Future<Void> finish(String serverId) {
    return close(serverId, server -> server.shutdown(FINISH_S, TimeUnit.SECONDS));
  }

  private Future<Void> close(String serverId, Function<HttpServer, Future<Void>> how) {
    Listener listener = listening.remove(serverId);
    if (listener == null) {
      return closing.getOrDefault(serverId, Future.succeededFuture());
    }
    Future<Void> closed =
        how.apply(listener.server()).compose(done -> untilFree(listener.port(), 1));
    closing.put(serverId, closed);
    return closed.onComplete(done -> closing.remove(serverId, closed));
  }

  // With Java's own transport a closed socket listens on until its selector comes round again. A
  // stop is not to be acknowledged before that, nor is a start on the same port to fail for it.
  private Future<Void> untilFree(int port, int look) {
    return vertx
        .executeBlocking(() -> probe(port), false)
        .transform(free ->
            // After so many looks another program has taken the port.
            free.succeeded() || look == MOST_LOOKS
                ? Future.succeededFuture()
                : vertx
                    .timer(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)
                    .compose(later -> untilFree(port, look + 1)));
  }

  /** Stops listening for all servers, since this instance may not serve them now. */
  void closeWithoutLease() {
    if (!listening.isEmpty()) {
      LOG.warn("The lease ended before it was renewed: {} servers closed", listening.size());
      closeAll();
    }
  }

  Future<Void> closeAll() {
    return Future.join(List.copyOf(listening.keySet()).stream().map(this::close).toList())
        .mapEmpty();
  }

  // Vert.x lets two servers of one process share a port and deals connections out to both, so a
  // server on demand could come to stand in the gateway's own door. Binding a socket tells.
  private Void probe(int port) throws IOException {
    InetAddress address;
    try {
      address = InetAddress.getAllByName(config.bind())[0];
    } catch (UnknownHostException e) {
      throw new IOException("no address is called " + config.bind(), e);
    }
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(address, port), 1);
    }
    return null;
  }

  private Future<HttpServer> listen(ServerRow row) {
    PageHandler handler = new PageHandler(row.page());
    ConnectionLimiter limiter = new ConnectionLimiter(config.maxConnections());
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setHost(config.bind())
                .setPort(row.port())
                .setIdleTimeout((int) config.idleTimeout().toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS))
        .connectionHandler(limiter::admit)
        .requestHandler(request -> {
          if (lease.held()) {
            handler.answer(request);
          } else {
            // Another instance may answer for this server by now, so not even an error is right.
            request.connection().close();
            closeWithoutLease();
          }
        })
        .listen();
  }

  private record Listener(HttpServer server, int port) {}

  /** Bounds the connections of one server. */
  private static final class ConnectionLimiter {

    private final int most;
    private int open;

    ConnectionLimiter(int most) {
      this.most = most;
    }

    void admit(HttpConnection connection) {
      if (open >= most) {
        connection.close();
        return;
      }
      open++;
      connection.closeHandler(closed -> open--);
    }
  }

  /** Answers requests to one server. */
  private record PageHandler(Page page, String contentType) {

    PageHandler(Page page) {
      this(page, page.contentType());
    }

    void answer(HttpServerRequest request) {
      var response =
          request
              .response()
              .putHeader("server", "signalbox")
              .putHeader("x-content-type-options", "nosniff");
      String path = request.path();
      if (path == null || !page.isAt(path)) {
        response.setStatusCode(404).putHeader("content-type", "text/plain; charset=utf-8");
        response.end("Not Found");
      } else if (request.method().equals(HttpMethod.GET)) {
        response.putHeader("content-type", contentType).end(page.data());
      } else if (request.method().equals(HttpMethod.HEAD)) {
        int length = page.data().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        response
            .putHeader("content-type", contentType)
            .putHeader("content-length", Integer.toString(length))
            .end();
      } else {
        response.setStatusCode(405).putHeader("allow", "GET, HEAD").end();
      }
    }
  }
}
