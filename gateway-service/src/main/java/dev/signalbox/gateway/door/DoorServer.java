package dev.signalbox.gateway.door;

import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.route.Answer;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One door on one event loop. */
public final class DoorServer {

  private static final int BACKLOG = 1_024;
  private static final int MAX_CHUNK = 65_536;
  private static final int MAX_STREAMS = 100;
  private static final long CERTIFICATE_CHECK_MS = 10_000;

  private final Front front;
  private final Door door;
  private final HttpServer server;
  private Gate gate;

  private DoorServer(Front front, Door door) {
    this.front = front;
    this.door = door;
    // Replaced before the first request: only the open port tells the names.
    this.gate = gate(0);
    this.server =
        front
            .vertx
            .createHttpServer(options(front.settings, door.tls()))
            .connectionHandler(front::connected)
            .requestHandler(this::handle)
            .invalidRequestHandler(this::handleInvalid)
            .exceptionHandler(_ -> {});
  }

  /**
   * Opens a door; call on the front's event loop. Fails when the port cannot be had.
   *
   * @param port the port; negative for a free one that all event loops share
   */
  public static Future<DoorServer> open(Front front, Door door, int port) {
    var opened = new DoorServer(front, door);
    return opened
        .server
        .listen(port, front.settings.bind())
        .map(server -> {
          opened.gate = opened.gate(server.actualPort());
          TlsFiles tls = door.tls();
          if (tls != null) {
            CertificateWatch.start(front.vertx, tls, server, CERTIFICATE_CHECK_MS);
          }
          return opened;
        });
  }

  private Gate gate(int port) {
    var hosts = new HostRule(front.settings.hosts(), front.settings.bind(), port, door.secure());
    return new Gate(door, front.access, hosts, front.settings.bodyBytes());
  }

  private static HttpServerOptions options(FrontSettings settings, @Nullable TlsFiles tls) {
    HttpServerOptions options = plainOptions(settings);
    return tls == null
        ? options
        : options
            .setSsl(true)
            .setKeyCertOptions(tls.options())
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(MAX_STREAMS)
                    .setMaxHeaderListSize(settings.headerBytes()));
  }

  private static HttpServerOptions plainOptions(FrontSettings settings) {
    return new HttpServerOptions()
        // With clear-text HTTP/2 allowed the connection is not ours to watch until its first bytes.
        .setHttp2ClearTextEnabled(false)
        .setHandle100ContinueAutomatically(false)
        .setMaxInitialLineLength(settings.uriBytes())
        .setMaxHeaderSize(settings.headerBytes())
        .setMaxChunkSize(MAX_CHUNK)
        .setAcceptBacklog(BACKLOG)
        .setTcpNoDelay(true)
        .setReuseAddress(true);
  }

  private void handle(HttpServerRequest request) {
    Connection connection = front.connection(request.connection());
    if (connection == null
        || !connection.begin(
            request.version(), front.settings.requestsPerConnection(), front.stopping())) {
      // Pipelined behind the last answer of this connection: it goes unanswered, by RFC 9112
      // section 9.3.2 the client sends it again elsewhere.
      return;
    }
    new RequestFlow(front, door.name(), gate, request, connection).run();
  }

  /** The decoder gave up: nothing after this can be told apart, so the connection ends. */
  private void handleInvalid(HttpServerRequest request) {
    Connection connection = front.connection(request.connection());
    if (connection == null
        || !connection.begin(
            request.version(), front.settings.requestsPerConnection(), front.stopping())) {
      return;
    }
    connection.closeAfterThis();
    long started = System.nanoTime();
    Throwable cause = request.decoderResult().cause();
    HttpFault fault =
        switch (cause) {
          case TooLongHttpLineException _ ->
              HttpFault.of(414, "URI_TOO_LONG", "The request line is too long");
          case TooLongHttpHeaderException _ ->
              HttpFault.of(431, "HEADERS_TOO_LARGE", "The header section is too large");
          case null, default -> HttpFault.malformed("This is not an HTTP request");
        };
    String requestId = front.ids.take(null);
    Answer answer = ProblemFaults.PROBLEM.render(fault, requestId);
    var response = request.response();
    front.headers.begin(response.headers(), requestId);
    response.headers().set(HttpHeaders.CONTENT_TYPE, "application/problem+json");
    front.headers.connection(response.headers(), true);
    response.setStatusCode(answer.status()).end(answer.body());
    connection.end(System.nanoTime());
    long nanos = System.nanoTime() - started;
    front.meters.record(null, answer.status(), nanos);
    if (front.log.on()) {
      front.log.write(request, answer.status(), answer.body().length(), nanos, requestId, null);
    }
    request.connection().close();
  }

  /** The door. */
  public Door door() {
    return door;
  }

  /** The port it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Stops listening, lets requests in flight end, then closes what is left. */
  public Future<Void> close(long graceMillis) {
    return server.shutdown(graceMillis, TimeUnit.MILLISECONDS);
  }
}
