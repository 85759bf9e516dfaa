package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.definition.DefinitionLimits;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.journal.ServerMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server on demand on loopback, and clients for it. */
final class TestServer implements AutoCloseable {

  static final ServerRequestFilter ALL =
      new ServerRequestFilter(null, null, null, null, null, false, null);

  private static final int WAIT_S = 20;

  final AtomicBoolean mayServe = new AtomicBoolean(true);
  final AtomicInteger leaseEnds = new AtomicInteger();
  final MemoryBudget bodies;
  final MemoryBudget journals;
  final MemoryBudget answers;
  private final long looks;
  final MeterRegistry metrics = new SimpleMeterRegistry();
  private final Vertx vertx;
  private final OnDemandServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** How a server differs from the usual one. */
  static final class Options {

    ServingLimits limits = ServingLimits.USUAL;
    MemoryBudget bodies = new MemoryBudget(64L * 1_024 * 1_024);
    MemoryBudget journals = new MemoryBudget(8L * 1_024 * 1_024);
    MemoryBudget answers = new MemoryBudget(64L * 1_024 * 1_024);
    FileSource files =
        (path, _) ->
            Future.succeededFuture(new FileSource.Content(Buffer.buffer(path), "text/x-path"));
    Upstream upstream = (_, _, _) -> Future.failedFuture("no upstream");
    RouteRecorder recorder = RouteRecorder.NONE;
    @Nullable Page page;

    Options limits(int connections, int inFlight, int requestBytes, int bodyMs, int idleMs) {
      limits =
          new ServingLimits(
              connections,
              inFlight,
              requestBytes,
              Duration.ofMillis(bodyMs),
              Duration.ofMillis(idleMs));
      return this;
    }
  }

  private TestServer(Vertx vertx, ServerDefinition definition, Options options) {
    this.vertx = vertx;
    this.bodies = options.bodies;
    this.journals = options.journals;
    this.answers = options.answers;
    UnreadBodies unread = new UnreadBodies(options.answers);
    this.looks = vertx.setPeriodic(UnreadBodies.LOOK_MS, _ -> unread.look());
    this.server =
        await(
            OnDemandServer.listen(
                vertx,
                definition,
                new ServingResources(
                    options.bodies,
                    unread,
                    options.journals,
                    options.files,
                    options.upstream,
                    new SelfMadeCertificate(List.of())),
                new OnDemandServer.Settings(
                    "127.0.0.1",
                    0,
                    options.limits,
                    mayServe::get,
                    leaseEnds::incrementAndGet,
                    options.recorder,
                    new ServerMeters(metrics, "id", "name"))));
  }

  /** A server of a definition, in which apostrophes stand for quotation marks. */
  static TestServer of(Vertx vertx, String json) {
    return of(vertx, json, new Options());
  }

  static TestServer of(Vertx vertx, String json, Options options) {
    return new TestServer(vertx, definition(json, options.page), options);
  }

  static ServerDefinition definition(String json, @Nullable Page page) {
    RequestObject object =
        RequestObject.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    ServerDefinition definition =
        new DefinitionReader(DefinitionLimits.USUAL).read(object, page, new CompileBudget());
    object.end();
    return definition;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(WAIT_S, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return server.port();
  }

  void replace(String json) {
    await(server.replace(definition(json, null)));
  }

  void reset() {
    await(server.resetScenarios());
  }

  List<ServerRequest> requests() {
    return await(server.requests(0, 1_000, ALL)).requests();
  }

  ServerStatsReply stats() {
    return await(server.stats());
  }

  OnDemandServer server() {
    return server;
  }

  URI uri(String target) {
    return URI.create("http://127.0.0.1:" + port() + target);
  }

  HttpResponse<String> get(String target) {
    return send(HttpRequest.newBuilder(uri(target)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    return send(client, request);
  }

  static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) {
    try {
      return client.send(
          request.timeout(Duration.ofSeconds(WAIT_S)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A socket to it, with a time limit on reads. */
  Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(WAIT_S * 1_000);
    return socket;
  }

  /** Sends bytes and returns all that comes until the connection ends. */
  String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void close() {
    client.close();
    vertx.cancelTimer(looks);
    await(server.close());
  }

  Vertx vertx() {
    return vertx;
  }
}
