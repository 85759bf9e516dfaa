package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.platform.http.StreamWritabilityHandler;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.definition.TlsSettings;
import dev.signalbox.serverfactory.journal.ServerMeters;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.KeyCertOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server on demand that listens. It lives on an event loop of its own, which several servers may
 * share; its methods may be called from any thread, and their futures complete on the caller's
 * event loop.
 */
public final class OnDemandServer {

  private static final int BACKLOG = 1_024;

  /** Bytes of a request line, and of all header fields. */
  static final int MAX_LINE = 16_384;

  static final int MAX_HEADERS = 32_768;

  private final VertxInternal vertx;
  private final ContextInternal loop;
  private final HttpServer http;
  private final RequestDispatcher dispatcher;
  private final Settings settings;
  private int connections;

  /**
   * Where a server listens, and what is told about it.
   *
   * @param host address to listen at
   * @param port 0 for any that is free
   * @param mayServe asked for each request, from any thread: when false, the connection is closed
   *     without an answer
   * @param leaseEnded called on the server's event loop when a request met that
   * @param recorder gets what a proxy's target answered
   * @param meters removed when the server has closed
   */
  public record Settings(
      String host,
      int port,
      ServingLimits limits,
      BooleanSupplier mayServe,
      Runnable leaseEnded,
      RouteRecorder recorder,
      ServerMeters meters) {}

  private OnDemandServer(
      VertxInternal vertx,
      ContextInternal loop,
      ServerDefinition definition,
      ServingResources resources,
      Settings settings,
      @Nullable KeyCertOptions keys) {
    this.vertx = vertx;
    this.loop = loop;
    this.settings = settings;
    this.dispatcher = new RequestDispatcher(vertx, definition, resources, settings);
    this.http =
        vertx
            .createHttpServer(options(definition, settings, keys))
            .connectionHandler(this::accept)
            .requestHandler(dispatcher::handle)
            .invalidRequestHandler(dispatcher::handleInvalid)
            .exceptionHandler(_ -> {});
  }

  /** Starts a server; fails when the port is not to be had. */
  public static Future<OnDemandServer> listen(
      Vertx vertx, ServerDefinition definition, ServingResources resources, Settings settings) {
    VertxInternal internal = (VertxInternal) vertx;
    ContextInternal caller = internal.getOrCreateContext();
    TlsSettings tls = definition.tls();
    Future<@Nullable KeyCertOptions> keys =
        tls == null
            ? Future.succeededFuture()
            : tls.given() != null
                ? Future.succeededFuture(tls.given())
                : vertx.executeBlocking(resources.certificate()::keys, false);
    return keys.compose(ready -> {
      ContextInternal loop = internal.createEventLoopContext();
      OnDemandServer server =
          new OnDemandServer(internal, loop, definition, resources, settings, ready);
      Promise<OnDemandServer> listening = caller.promise();
      loop.runOnContext(
          _ -> server.http.listen().<OnDemandServer>map(server).onComplete(listening));
      return listening.future();
    });
  }

  private static HttpServerOptions options(
      ServerDefinition definition, Settings settings, @Nullable KeyCertOptions keys) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setHttp2ClearTextEnabled(definition.http2())
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            // For connections that send nothing, until IdleConnectionHandler takes over.
            .setIdleTimeout((int) settings.limits().idleTimeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    if (keys != null) {
      options
          .setSsl(true)
          .setKeyCertOptions(keys)
          .setUseAlpn(true)
          .setAlpnVersions(
              definition.http2()
                  ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)
                  : List.of(HttpVersion.HTTP_1_1));
    }
    return options;
  }

  private void accept(HttpConnection connection) {
    if (connections >= settings.limits().connections()) {
      connection.close();
      return;
    }
    connections++;
    connection.closeHandler(_ -> connections--);
    Channel channel = ClientChannel.of(connection);
    IdleConnectionHandler.install(channel, settings.limits().idleTimeout());
    StreamWritabilityHandler.install(channel.pipeline());
  }

  /** Where it listens. */
  public int port() {
    return http.actualPort();
  }

  /**
   * Answers by another definition from the next request on; connections stay open. What belongs to
   * the socket stays as it is: TLS and HTTP/2. Routes that are in both definitions keep their
   * counters and their place in a sequence, and scenarios their state.
   */
  public Future<Void> replace(ServerDefinition definition) {
    return run(() -> dispatcher.replace(definition));
  }

  /** Requests of the journal after a number, oldest first. */
  public Future<ListServerRequestsReply> requests(
      long after, int limit, ServerRequestFilter filter) {
    return ask(() -> dispatcher.requests(after, limit, filter));
  }

  /** How many requests of the journal are meant. */
  public Future<CountServerRequestsReply> count(ServerRequestFilter filter) {
    return ask(() -> dispatcher.count(filter));
  }

  /** Empties the journal. */
  public Future<Void> clearRequests() {
    return run(dispatcher::clearRequests);
  }

  /** Puts sequences and scenarios back to their start. */
  public Future<Void> resetScenarios() {
    return run(dispatcher::resetScenarios);
  }

  /** Counters at present. */
  public Future<ServerStatsReply> stats() {
    return ask(() -> dispatcher.stats(connections));
  }

  /** Stops listening and closes all connections. */
  public Future<Void> close() {
    return end(http.close());
  }

  /** Stops listening when the requests in flight are answered, or do not end in time. */
  public Future<Void> finish(long seconds) {
    return end(http.shutdown(seconds, TimeUnit.SECONDS));
  }

  /** The journal gives back what it holds of the budget. */
  private Future<Void> end(Future<Void> closed) {
    return closed
        .eventually(() -> run(dispatcher::clearRequests))
        .onComplete(_ -> settings.meters().remove());
  }

  private Future<Void> run(Runnable work) {
    return ask(
            () -> {
              work.run();
              return Boolean.TRUE;
            })
        .mapEmpty();
  }

  private <T> Future<T> ask(Supplier<T> question) {
    Promise<T> answer = vertx.getOrCreateContext().promise();
    loop.runOnContext(_ -> {
      try {
        answer.complete(question.get());
      } catch (RuntimeException e) {
        answer.fail(e);
      }
    });
    return answer.future();
  }
}
