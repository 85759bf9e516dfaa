package dev.signalbox.gateway.server;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.limit.UnreadBodies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code /servers/{id}/**}: the servers on demand, whichever instance owns them. Methods that only
 * read need the role reader, all others the role operator, since what they do is up to the server.
 */
public final class ProxyRoutes implements Section {

  /** What the paths of servers begin with. */
  static final String PREFIX = "/servers/";

  private static final String PATH = PREFIX + ":id/*";
  private static final int CONNECT_TIMEOUT_MS = 500;

  /** Shorter than a server keeps a silent connection, so that no request meets its end. */
  private static final int KEEP_ALIVE_S = 5;

  // The certificate of the server is self-made, and its owner tells its host.
  private static final ClientSSLOptions OWN_SERVER =
      new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm("");

  private final ServerLocator locator;
  private final HttpClient client;

  /** Own addresses of connections that have carried no request yet. */
  private final Set<SocketAddress> fresh = ConcurrentHashMap.newKeySet();

  private final NetClient prober;
  private final UnreadBodies unread;
  private final boolean tokens;
  private final long silenceMs;

  /**
   * How requests are passed on.
   *
   * @param headerBytes limit of the header section of a response
   * @param connections limit of connections to one server
   * @param silence longest time in which neither side sends anything
   */
  public record Settings(int headerBytes, int connections, Duration silence) {}

  /**
   * The routes of one event loop.
   *
   * @param unread the memory of responses that clients have not read
   * @param tokens whether requests need a token, which is for the gateway alone
   */
  public ProxyRoutes(
      Vertx vertx, ServerLocator locator, Settings settings, UnreadBodies unread, boolean tokens) {
    this.locator = locator;
    this.unread = unread;
    this.tokens = tokens;
    this.silenceMs = settings.silence().toMillis();
    this.client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setMaxHeaderSize(settings.headerBytes())
                    .setMaxInitialLineLength(settings.headerBytes())
                    .setKeepAliveTimeout(KEEP_ALIVE_S))
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(settings.connections())
                    .setMaxWaitQueueSize(settings.connections()))
            .withConnectHandler(this::onConnect)
            .build();
    this.prober =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS));
  }

  private void onConnect(HttpConnection connection) {
    SocketAddress own = connection.localAddress();
    fresh.add(own);
    // Its requests fail too; without a handler Vert.x would log an error for each.
    connection.exceptionHandler(_ -> {});
    connection.closeHandler(_ -> fresh.remove(own));
  }

  /** Whether a connection carries its first request, which a closing server cannot have missed. */
  private boolean first(HttpConnection connection) {
    return fresh.remove(connection.localAddress());
  }

  /** Closes its connections to servers; call it when no request is in flight. */
  public Future<?> close() {
    return Future.join(client.close(), prober.close());
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM).proxied();
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM).proxied();
    handle(router.route(PATH, reads, HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS));
    handle(router.post(PATH, changes));
    handle(router.put(PATH, changes));
    handle(router.patch(PATH, changes));
    handle(router.delete(PATH, changes));
    handle(router.others(PATH, changes));
    router.others(PREFIX + ":id", reads).useNormalizedPath(false).handler(ProxyRoutes::addSlash);
  }

  /** Without the slash, links of a page would not lead below the server's prefix. */
  private static void addSlash(RoutingContext ctx) {
    String query = ctx.request().query();
    ctx.response()
        .setStatusCode(308)
        .putHeader(
            HttpHeaders.LOCATION, Requests.rawPath(ctx) + "/" + (query == null ? "" : "?" + query))
        .end();
  }

  private void handle(Route route) {
    // The path is passed on as it was sent, whatever it escapes.
    route.useNormalizedPath(false).handler(this::forward);
  }

  private void forward(RoutingContext ctx) {
    String upgrade = ctx.request().headers().get(HttpHeaders.UPGRADE);
    if (upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket")) {
      ctx.fail(
          HttpException.of(
              501, "NOT_IMPLEMENTED", "WebSockets reach a server at its own port alone"));
      return;
    }
    String server = Requests.pathParameter(ctx, "id");
    ProxiedExchange exchange = new ProxiedExchange(ctx, prober, unread, tokens, silenceMs);
    locator
        .atOwner(
            server, owner -> exchange.attempt(owner, client.request(options(owner)), this::first))
        .onFailure(ctx::fail);
  }

  private RequestOptions options(ServerInfo owner) {
    return new RequestOptions()
        .setHost(owner.host())
        .setPort(owner.port())
        .setSsl(owner.tls())
        .setSslOptions(owner.tls() ? OWN_SERVER : null)
        .setConnectTimeout(CONNECT_TIMEOUT_MS);
  }
}
