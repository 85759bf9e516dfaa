package dev.signalbox.dnsclient.transport;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.client.impl.WebClientInternal;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** The connections to HTTPS resolvers. */
final class HttpsClient {

  private static final String MEDIA_TYPE = HttpsExchange.MEDIA_TYPE;
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int HTTP1_CONNECTIONS = 4;

  /** Reads the response to an exchange. */
  private record Codec(HttpsExchange exchange) implements BodyCodec<Buffer> {
    @Override
    public BodyStream<Buffer> stream() {
      return new LimitedBody();
    }
  }

  private final HttpClient http;
  private final WebClient web;
  private final Set<HttpConnection> used = Collections.newSetFromMap(new WeakHashMap<>());

  HttpsClient(Vertx vertx, ClientSSLOptions tls, int maxWaiting, int idleSeconds) {
    WebClientOptions options =
        new WebClientOptions()
            .setUserAgentEnabled(false)
            .setFollowRedirects(false)
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setVerifyHost(true)
            .setTrustOptions(tls.getTrustOptions())
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setKeepAliveTimeout(idleSeconds)
            .setHttp2KeepAliveTimeout(idleSeconds);
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(HTTP1_CONNECTIONS)
            .setHttp2MaxSize(1)
            .setMaxWaitQueueSize(maxWaiting);
    http = vertx.createHttpClient(options, pool);
    web = WebClient.wrap(http, options);
    // WebClient cannot reset a request, which cancelling, timing out and refusing a response need.
    // Only an interceptor gets hold of the request that can.
    ((WebClientInternal) web).addInterceptor(this::intercept);
  }

  void send(HttpsExchange exchange, Upstream upstream) {
    int port = upstream.address().getPort();
    web.request(HttpMethod.POST, upstream.target(), port, upstream.host(), upstream.path())
        .putHeader("content-type", MEDIA_TYPE)
        .putHeader("accept", MEDIA_TYPE)
        .as(new Codec(exchange))
        .sendBuffer(exchange.body())
        .onComplete(response -> exchange.complete(response.body()), exchange::failed);
  }

  private void intercept(HttpContext<?> context) {
    try {
      if (context.phase() == ClientPhase.SEND_REQUEST) {
        HttpClientRequest request = context.clientRequest();
        boolean fresh = used.add(request.connection());
        ((Codec) context.request().bodyCodec()).exchange().sending(request, fresh);
      } else if (context.phase() == ClientPhase.RECEIVE_RESPONSE) {
        HttpsExchange.check(context.clientResponse());
      }
      context.next();
    } catch (TransportException e) {
      context.fail(e);
    }
  }

  Future<Void> close() {
    return http.close();
  }
}
