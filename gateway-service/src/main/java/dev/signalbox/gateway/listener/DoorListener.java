package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.listener.Door.TlsFiles;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.http.StreamWritabilityHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One door on one event loop: connections in, requests to the application. */
public final class DoorListener {

  private static final Logger LOG = LoggerFactory.getLogger(DoorListener.class);

  private static final int BACKLOG = 1_024;
  private static final int MAX_CHUNK = 65_536;
  private static final int MAX_STREAMS = 100;
  private static final long PROXY_PROTOCOL_S = 5;
  private static final long CERTIFICATE_CHECK_MS = 2_000;
  private static final String DECODER = "httpDecoder";
  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

  private final Vertx vertx;
  private final int port;
  private final IntFunction<? extends Handler<HttpServerRequest>> factory;
  private final ConnectionRegistry connections;
  private final Unroutable unroutable;
  private final HttpServer server;
  private Handler<HttpServerRequest> application = _ -> {};

  private static final String VERSIONS = "The HTTP version must be 1.0, 1.1 or 2";

  /** Sets the headers of, and records, requests that reach no router. */
  public interface Unroutable {

    /** Sets the headers of every response and returns the request's id. */
    String begin(HttpServerRequest request);

    /** Records the request after its response. */
    void end(HttpServerRequest request, String requestId, int bytes);
  }

  private DoorListener(
      Vertx vertx,
      Door door,
      int port,
      ConnectionRegistry connections,
      IntFunction<? extends Handler<HttpServerRequest>> factory,
      Unroutable unroutable) {
    this.vertx = vertx;
    this.port = port;
    this.factory = factory;
    this.connections = connections;
    this.unroutable = unroutable;
    this.server =
        vertx
            .createHttpServer(options(connections.settings(), door))
            .connectionHandler(http -> {
              connections.onConnect(http, door);
              install(http);
            })
            .requestHandler(this::handle)
            .invalidRequestHandler(this::handleInvalid)
            // A failed handshake, above all: anybody can cause one, so it is no warning.
            .exceptionHandler(e -> LOG.debug("connection to the {} door failed", door.name(), e));
  }

  /**
   * A door on the event loop of the connections, not open yet. The application is made here if the
   * port is known, since a request that finds none has no answer; no client knows a port that is
   * not chosen yet.
   *
   * @param port a negative one is a free one that all event loops share
   */
  public static DoorListener of(
      Vertx vertx,
      Door door,
      int port,
      ConnectionRegistry connections,
      IntFunction<? extends Handler<HttpServerRequest>> application,
      Unroutable unroutable) {
    var listener = new DoorListener(vertx, door, port, connections, application, unroutable);
    if (port > 0) {
      listener.application = application.apply(port);
    }
    return listener;
  }

  /** Opens it; fails when it cannot bind the port. */
  public Future<DoorListener> open() {
    return server
        .listen(port, connections.settings().bind())
        .map(bound -> {
          if (port <= 0) {
            application = factory.apply(bound.actualPort());
          }
          return this;
        });
  }

  /**
   * Takes a renewed certificate into use for the open door on all event loops, until the calling
   * verticle stops. Call it once for a door, not on each of its event loops: they share one server,
   * and while two of them update it, Vert.x calls itself without an end.
   */
  public void watchCertificate(DoorCertificate certificate) {
    CertificateWatch.start(vertx, certificate, server, CERTIFICATE_CHECK_MS);
  }

  private static HttpServerOptions options(ConnectionRegistry.Settings settings, Door door) {
    TlsFiles tls = door.tls();
    HttpServerOptions options =
        plainOptions(settings)
            .setUseProxyProtocol(door.proxyProtocol())
            .setProxyProtocolTimeout(PROXY_PROTOCOL_S)
            .setProxyProtocolTimeoutUnit(TimeUnit.SECONDS);
    if (tls == null) {
      return options;
    }
    ClientTrust clients = tls.clients();
    if (clients != null) {
      options.setClientAuth(clients.mode()).setTrustOptions(clients);
    }
    return options
        .setSsl(true)
        .setKeyCertOptions(tls.options())
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setMaxHeaderListSize(settings.headerBytes()));
  }

  private static HttpServerOptions plainOptions(ConnectionRegistry.Settings settings) {
    return new HttpServerOptions()
        // With clear-text HTTP/2 Vert.x reports a connection only after its first bytes.
        .setHttp2ClearTextEnabled(false)
        // RequestBody continues, so that a refusal reaches the client before it sends its body.
        .setHandle100ContinueAutomatically(false)
        // There are no WebSockets here; the handlers for their compression would see every message.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxInitialLineLength(settings.uriBytes())
        .setMaxHeaderSize(settings.headerBytes())
        .setMaxChunkSize(MAX_CHUNK)
        .setAcceptBacklog(BACKLOG)
        .setTcpNoDelay(true)
        .setReuseAddress(true);
  }

  /** Adds our own Netty handlers. */
  private static void install(HttpConnection http) {
    if (!(http instanceof ConnectionBase base)) {
      return;
    }
    ChannelPipeline pipeline = base.channel().pipeline();
    if (pipeline.get(DECODER) != null) {
      pipeline.addAfter(DECODER, "versions", VersionHandler.INSTANCE);
    }
    StreamWritabilityHandler.install(pipeline);
  }

  private void handle(HttpServerRequest request) {
    if (!accepts(request)) {
      // Pipelined after the last response of this connection: the client repeats an unanswered
      // request on another one (RFC 9112 section 9.3.2).
      return;
    }
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.CONNECT)) {
      answer(request, HttpException.of(501, "NOT_IMPLEMENTED", "CONNECT is not supported"), false);
    } else if ("*".equals(request.uri())) {
      answerAsterisk(request, method);
    } else {
      application.handle(request);
    }
  }

  private boolean accepts(HttpServerRequest request) {
    ClientConnection connection = connections.find(request.connection());
    return connection != null
        && connection.accepts(
            request.version(),
            connections.settings().requestsPerConnection(),
            connections.leaving());
  }

  /** OPTIONS * (RFC 9110 section 9.3.7); no other method allows this target. */
  private void answerAsterisk(HttpServerRequest request, HttpMethod method) {
    if (method.equals(HttpMethod.OPTIONS)) {
      String requestId = unroutable.begin(request);
      HttpServerResponse out =
          request.response().setStatusCode(204).putHeader(HttpHeaderNames.ALLOW, METHODS);
      boolean last = announceClose(request, false);
      out.end();
      unroutable.end(request, requestId, 0);
      if (last) {
        request.connection().close();
      }
    } else {
      answer(request, HttpException.malformed("Only OPTIONS can have the target *"), false);
    }
  }

  /** Answers what the decoder rejects and closes, since the framing of what follows is unknown. */
  private void handleInvalid(HttpServerRequest request) {
    if (!accepts(request)) {
      return;
    }
    Throwable cause = request.decoderResult().cause();
    answer(
        request,
        switch (cause) {
          case TooLongHttpLineException _ ->
              HttpException.of(414, "URI_TOO_LONG", "The request line is too long");
          case TooLongHttpHeaderException _ ->
              HttpException.of(431, "HEADERS_TOO_LARGE", "The header section is too large");
          case VersionHandler.UnsupportedVersionException _ ->
              HttpException.of(505, "HTTP_VERSION", VERSIONS);
          case null, default -> HttpException.malformed("This is not an HTTP request");
        },
        true);
  }

  private void answer(HttpServerRequest request, HttpException error, boolean close) {
    String requestId = unroutable.begin(request);
    Response response = ErrorShapes.PROBLEM.render(error, requestId);
    HttpServerResponse out = request.response();
    out.headers().set(HttpHeaders.CONTENT_TYPE, "application/problem+json");
    boolean last = announceClose(request, close);
    out.setStatusCode(response.status()).end(response.body());
    unroutable.end(request, requestId, response.body().length());
    if (last) {
      request.connection().close();
    }
  }

  /** Sets Connection: close when this response is the connection's last. */
  private boolean announceClose(HttpServerRequest request, boolean close) {
    ClientConnection connection = connections.find(request.connection());
    boolean last =
        request.version() != HttpVersion.HTTP_2
            && (close || connection == null || connection.closing());
    if (last) {
      request.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    return last;
  }

  /** The port it is open on. */
  public int port() {
    return server.actualPort();
  }

  /** Stops listening, waits for requests in flight, then closes every connection. */
  public Future<Void> close(long graceMillis) {
    return server.shutdown(graceMillis, TimeUnit.MILLISECONDS);
  }
}
