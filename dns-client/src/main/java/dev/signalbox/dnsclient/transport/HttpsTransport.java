package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** Queries as HTTP requests (RFC 8484), many at once on one HTTP/2 connection. */
public final class HttpsTransport implements Transport {

  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int HTTP1_CONNECTIONS = 4;

  private final ContextInternal context;
  private final TimerWheel wheel;
  private final int maxInFlight;
  private final HttpClient client;
  private final Set<HttpConnection> fresh = Collections.newSetFromMap(new WeakHashMap<>());
  private int inFlight;
  private boolean closed;

  /**
   * A transport of one event loop.
   *
   * @param tls whom to trust; the certificate has to name the resolver
   * @param maxInFlight requests under way at once
   * @param idleSeconds after which an unused connection is closed
   */
  public HttpsTransport(
      ContextInternal context,
      TimerWheel wheel,
      ClientSSLOptions tls,
      int maxInFlight,
      int idleSeconds) {
    this.context = context;
    this.wheel = wheel;
    this.maxInFlight = maxInFlight;
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setVerifyHost(true)
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setKeepAliveTimeout(idleSeconds)
            .setHttp2KeepAliveTimeout(idleSeconds);
    TrustOptions trust = tls.getTrustOptions();
    if (trust != null) {
      options.setTrustOptions(trust);
    }
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(HTTP1_CONNECTIONS)
            .setHttp2MaxSize(1)
            .setMaxWaitQueueSize(maxInFlight);
    this.client =
        context
            .owner()
            .httpClientBuilder()
            .with(options)
            .with(pool)
            .withConnectHandler(fresh::add)
            .build();
  }

  @Override
  public InFlight exchange(EncodedQuery query, Upstream upstream, Patience patience) {
    if (closed) {
      return InFlight.failed(
          context.failedFuture(
              new TransportException(Fault.OVERLOADED, "was not asked: stopping", 0)));
    }
    if (inFlight >= maxInFlight) {
      return InFlight.failed(
          context.failedFuture(
              new TransportException(
                  Fault.OVERLOADED, "was not asked: too many queries under way", 0)));
    }
    inFlight++;
    Promise<Received> promise = context.promise();
    HttpsExchange exchange = new HttpsExchange(query, promise, fresh);
    wheel.arm(exchange, patience.timeoutNanos());
    client.request(options(upstream)).onSuccess(exchange::send).onFailure(exchange::unreachable);
    promise
        .future()
        .onComplete(_ -> {
          inFlight--;
          wheel.disarm(exchange);
        });
    return exchange;
  }

  private static RequestOptions options(Upstream upstream) {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setServer(upstream.target())
        .setHost(upstream.host())
        .setPort(upstream.address().getPort())
        .setSsl(true)
        .setURI(upstream.path())
        .putHeader("content-type", HttpsExchange.MEDIA_TYPE)
        .putHeader("accept", HttpsExchange.MEDIA_TYPE);
  }

  @Override
  public int inFlight() {
    return inFlight;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return client.close();
  }
}
