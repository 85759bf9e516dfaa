package dev.signalbox.cli.command;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The REST interface of a running system. */
public final class RemoteSystem implements AutoCloseable {

  private static final int CONNECT_TIMEOUT_MS = 10_000;

  private final URI server;
  private final @Nullable String token;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final WebClient client;

  /**
   * A client of one system.
   *
   * @param server its base URL
   * @param token sent with each request; null for none
   * @param tls how it is known over HTTPS
   * @param idleTimeoutSeconds after which a connection without any traffic is given up
   */
  public RemoteSystem(URI server, @Nullable String token, ClientTls tls, int idleTimeoutSeconds) {
    this.server = server;
    this.token = token;
    WebClientOptions options =
        new WebClientOptions()
            .setUserAgent("signalbox")
            .setFollowRedirects(false)
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setIdleTimeout(idleTimeoutSeconds);
    tls.set(options);
    this.client = WebClient.create(vertx, options);
  }

  /** Sends a request whose body is known; its response is read from what is returned. */
  public ResponseBody post(String path, String type, byte[] body) throws IOException {
    ResponseBody response = new ResponseBody(context);
    request(path, type)
        .as(BodyCodec.pipe(response))
        .sendBuffer(Buffer.buffer(body))
        .onComplete(response::complete, response::fail);
    return response;
  }

  /**
   * Sends a request whose body is read on a thread of its own, no faster than the system takes it.
   * The response may begin before the body ends.
   */
  public ResponseBody post(String path, String type, InputStream body) throws IOException {
    ResponseBody response = new ResponseBody(context);
    ReadStream<Buffer> stream = new InputReadStream(context, body, response::fail);
    request(path, type)
        .as(BodyCodec.pipe(response))
        .sendStream(stream)
        .onComplete(response::complete, response::fail);
    return response;
  }

  private HttpRequest<Buffer> request(String path, String type) throws IOException {
    boolean tls = "https".equals(server.getScheme());
    int port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
    // The JDK looks the name up, for it knows all the ways in which this machine finds names.
    SocketAddress address =
        SocketAddress.inetSocketAddress(
            new InetSocketAddress(InetAddress.getByName(server.getHost()), port));
    HttpRequest<Buffer> request =
        client
            .request(HttpMethod.POST, address, port, server.getHost(), server.getRawPath() + path)
            .ssl(tls)
            .putHeader("content-type", type);
    return token == null ? request : request.bearerTokenAuthentication(token);
  }

  /** Closes its connections, whatever is under way; the system then gives that up as well. */
  @Override
  public void close() {
    vertx.close();
  }
}
