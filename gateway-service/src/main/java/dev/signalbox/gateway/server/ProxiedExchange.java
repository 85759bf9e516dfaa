package dev.signalbox.gateway.server;

import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.server.ServerLocator.OwnerLostException;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.limit.UnreadBodies;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import io.vertx.ext.web.RoutingContext;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request passed on to a server on demand, and its response. Bodies are streamed both ways, no
 * faster than they are read. vertx-http-proxy's {@code ProxyRequest} and {@code ProxyResponse}
 * carry them; its {@code HttpProxy} answers every failure with an empty 502 and repeats nothing.
 * Belongs to one event loop.
 */
final class ProxiedExchange {

  /** RFC 9110 section 9.2.2. */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.OPTIONS,
          HttpMethod.TRACE,
          HttpMethod.PUT,
          HttpMethod.DELETE);

  /** vertx-http-proxy reads the dates in them, and fails when they are none. */
  private static final List<String> NOT_FOR_THE_PROXY = List.of("Cache-Control", "Expires");

  /** Bodies of no known length are often live ones of little at a time, and many. */
  private static final long LIVE_BYTES = 128 << 10;

  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final RequestScope scope;
  private final NetClient prober;
  private final UnreadBodies unread;
  private final boolean tokens;
  private final long silenceMs;
  private final String prefix;
  private final String target;
  private final @Nullable BodyStream body;
  private @Nullable HttpClientRequest upstream;
  private long uploadTimer = NO_TIMER;
  private boolean reused;
  private boolean timedOut;
  private boolean relaying;
  private boolean over;

  /**
   * An exchange.
   *
   * @param prober connects to a server that closed a connection, to see whether its owner lives
   * @param unread the memory of responses that clients have not read
   * @param tokens whether Authorization is for the gateway
   * @param silenceMs longest time in which neither side sends anything
   */
  ProxiedExchange(
      RoutingContext ctx, NetClient prober, UnreadBodies unread, boolean tokens, long silenceMs) {
    this.vertx = ctx.vertx();
    this.request = ctx.request();
    this.response = ctx.response();
    this.scope = RequestScope.of(ctx);
    this.prober = prober;
    this.unread = unread;
    this.tokens = tokens;
    this.silenceMs = silenceMs;
    String path = Requests.rawPath(ctx);
    int end = path.indexOf('/', ProxyRoutes.PREFIX.length());
    this.prefix = end < 0 ? path : path.substring(0, end);
    String query = request.query();
    this.target = (end < 0 ? "/" : path.substring(end)) + (query == null ? "" : "?" + query);
    this.body = scope.declaredBytes() == 0 ? null : new BodyStream(scope.stream());
    scope.onEnd(this::onEnd);
  }

  /**
   * Sends the request to an owner and its response to the client.
   *
   * @param connected a request on a connection to it
   * @param fresh whether a connection carries its first request
   * @return completes when the response has been sent; fails with {@link OwnerLostException} when
   *     the request may be sent again to another owner
   */
  Future<Void> attempt(
      ServerInfo owner, Future<HttpClientRequest> connected, Predicate<HttpConnection> fresh) {
    return connected
        .recover(cause -> Future.failedFuture(over ? left() : unconnected(cause)))
        .compose(opened -> {
          if (over) {
            opened.reset();
            return Future.failedFuture(left());
          }
          upstream = opened;
          // The response fails too; without a handler Vert.x would log an error for each client
          // that leaves.
          opened.exceptionHandler(_ -> {});
          reused = !fresh.test(opened.connection());
          CloseAfterPause.on(opened.connection());
          return send(opened)
              .recover(cause -> unanswered(owner, cause))
              .compose(answer -> room(answer).compose(_ -> relay(answer)))
              // Not when the last of it is written: when the client has it.
              .onComplete(_ -> scope.memory().releaseStream());
        });
  }

  /** Nothing more is to be done: the client is gone, or has its answer. */
  private void onEnd() {
    over = true;
    vertx.cancelTimer(uploadTimer);
    HttpClientRequest opened = upstream;
    if (opened != null && !(relaying && response.ended())) {
      opened.reset();
    }
  }

  private static HttpException left() {
    return HttpException.of(502, "BAD_GATEWAY", "The client is gone");
  }

  private static Throwable unconnected(Throwable cause) {
    return switch (cause) {
      case ConnectionPoolTooBusyException _ ->
          HttpException.overloaded("Too many requests wait for this server");
      case SSLException _ -> HttpException.of(502, "BAD_GATEWAY", "TLS with the server failed");
      // Refused, unreachable, no such host, no answer in time.
      default -> new OwnerLostException(cause);
    };
  }

  private Future<ProxyResponse> send(HttpClientRequest opened) {
    ProxyRequest proxied = ProxyRequest.reverseProxy(request).setURI(target);
    ProxyHeaders.prepareRequest(
        request, scope.client(), proxied.headers(), prefix, tokens, scope.trace());
    long declared = scope.declaredBytes();
    proxied.setBody(body == null ? null : Body.body(body, declared));
    if (declared < 0 && !request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      // HTTP/2 needs no length; vertx-http-proxy looks here whether to send chunks.
      request.headers().set(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
    }
    if (body == null) {
      opened.idleTimeout(silenceMs);
    } else {
      // Vert.x takes what is sent for silence.
      body.onEnd(() -> opened.idleTimeout(silenceMs));
      checkUpload(opened, body, -1);
    }
    HostAndPort authority = request.authority();
    if (authority != null) {
      opened.putHeader(HttpHeaders.HOST, authority.toString());
    }
    // Before vertx-http-proxy sees it.
    opened.response().onSuccess(this::setAside);
    return proxied.send(opened);
  }

  /** Ends the exchange when the server takes nothing of a body for too long. */
  private void checkUpload(HttpClientRequest opened, BodyStream sent, int before) {
    if (over || sent.over()) {
      return;
    }
    int pieces = sent.pieces();
    if (pieces == before && sent.paused()) {
      timedOut = true;
      opened.reset();
    } else {
      uploadTimer = vertx.setTimer(silenceMs, _ -> checkUpload(opened, sent, pieces));
    }
  }

  private void setAside(HttpClientResponse received) {
    for (String name : NOT_FOR_THE_PROXY) {
      if (received.headers().contains(name)) {
        response.headers().set(name, received.headers().getAll(name));
        received.headers().remove(name);
      }
    }
  }

  /** Not the headers that were received: Vert.x reads Connection at the end of the response. */
  private void prepare(MultiMap headers) {
    HostAndPort authority = request.authority();
    ProxyHeaders.prepareResponse(headers, prefix, authority == null ? null : authority.toString());
    MultiMap own = response.headers();
    headers.names().forEach(own::remove);
    own.add(HttpHeaderNames.CONTENT_SECURITY_POLICY, Response.SANDBOX);
  }

  /** The server sent no response: either it does so on purpose, or its owner is lost. */
  private Future<ProxyResponse> unanswered(ServerInfo owner, Throwable cause) {
    if (body != null && body.failure() != null) {
      return Future.failedFuture(body.failure());
    }
    if (over) {
      return Future.failedFuture(left());
    }
    if (timedOut
        || cause instanceof TimeoutException
        || cause.getCause() instanceof TimeoutException) {
      return Future.failedFuture(
          HttpException.of(504, "TIMEOUT", "The server did not answer in time"));
    }
    HttpException failed =
        HttpException.of(
            502,
            "BAD_GATEWAY",
            cause instanceof IOException || cause instanceof HttpClosedException
                ? "The server closed the connection without a response"
                : "The server's response is not HTTP");
    if (body != null || !IDEMPOTENT.contains(request.method())) {
      return Future.failedFuture(failed);
    }
    if (reused) {
      // It may have closed while the request was on its way.
      return Future.failedFuture(new OwnerLostException(cause));
    }
    // A server that closes connections as it was told to is still there; it saw the request.
    return prober
        .connect(owner.port(), owner.host())
        .transform(connected -> {
          if (connected.succeeded()) {
            connected.result().close();
            return Future.failedFuture(failed);
          }
          return Future.failedFuture(new OwnerLostException(cause));
        });
  }

  /** Takes the memory of a response that may be large; refuses it without. */
  private Future<Boolean> room(ProxyResponse answer) {
    if (over || !mayBeLarge(answer)) {
      return Future.succeededFuture(false);
    }
    return scope
        .memory()
        .takeStream(unread, knownLength(answer).orElse(LIVE_BYTES))
        .onFailure(_ -> NOT_FOR_THE_PROXY.forEach(response.headers()::remove));
  }

  private boolean mayBeLarge(ProxyResponse answer) {
    int status = answer.getStatusCode();
    return !request.method().equals(HttpMethod.HEAD)
        && status != 204
        && status != 304
        && knownLength(answer).orElse(LIVE_BYTES) >= UnreadBodies.COUNTED_BYTES;
  }

  private static OptionalLong knownLength(ProxyResponse answer) {
    String length = answer.proxiedResponse().getHeader(HttpHeaders.CONTENT_LENGTH);
    return WholeNumber.parse(length == null ? "" : length, 0, Long.MAX_VALUE);
  }

  private Future<Void> relay(ProxyResponse answer) {
    if (over) {
      return Future.succeededFuture();
    }
    relaying = true;
    Future<Void> sent;
    try {
      sent = sendOn(answer);
    } catch (RuntimeException e) {
      sent = Future.failedFuture(e); // A header that may not be sent on.
    }
    return sent.recover(_ -> {
      // The client sees that the response is incomplete.
      scope.abort();
      return Future.succeededFuture();
    });
  }

  private Future<Void> sendOn(ProxyResponse answer) {
    prepare(answer.headers());
    HttpClientResponse received = answer.proxiedResponse();
    int status = answer.getStatusCode();
    if (request.method().equals(HttpMethod.HEAD) || status == 204 || status == 304) {
      copyHead(answer);
      received.resume();
      return response.end();
    }
    if (request.version() == HttpVersion.HTTP_1_0
        && !received.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      // vertx-http-proxy would hold all of it; the end of the connection tells its length too.
      copyHead(answer);
      return received.pipeTo(response);
    }
    return answer.send();
  }

  private void copyHead(ProxyResponse answer) {
    response.setStatusCode(answer.getStatusCode());
    String reason = answer.getStatusMessage();
    if (reason != null) {
      response.setStatusMessage(reason);
    }
    MultiMap headers = answer.headers();
    headers.names().forEach(name -> response.headers().add(name, headers.getAll(name)));
  }
}
