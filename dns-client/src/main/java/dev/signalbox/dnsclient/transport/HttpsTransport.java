package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import org.jspecify.annotations.Nullable;

/** Queries as HTTP requests (RFC 8484), many at once on one HTTP/2 connection. */
public final class HttpsTransport implements Transport {

  private final ContextInternal context;
  private final TimerWheel wheel;
  private final ClientSSLOptions tls;
  private final int maxInFlight;
  private final int idleSeconds;
  // Created with the first query: most processes never ask over HTTPS, and a command starts faster
  // without.
  private @Nullable HttpsClient client;
  private int inFlight;
  private boolean closed;

  /**
   * A transport of one event loop.
   *
   * @param tls the trusted certificates; the certificate has to name the resolver
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
    this.tls = tls;
    this.maxInFlight = maxInFlight;
    this.idleSeconds = idleSeconds;
  }

  @Override
  public InFlight exchange(EncodedQuery query, Upstream upstream, RetryPolicy retryPolicy) {
    if (closed) {
      return refused("was not asked: the client is shutting down");
    }
    if (inFlight >= maxInFlight) {
      return refused("was not asked: too many queries under way");
    }
    inFlight++;
    Promise<Received> promise = context.promise();
    HttpsExchange exchange = new HttpsExchange(query, promise);
    wheel.arm(exchange, retryPolicy.timeoutNanos());
    if (client == null) {
      client = new HttpsClient(context.owner(), tls, maxInFlight, idleSeconds);
    }
    client.send(exchange, upstream);
    promise
        .future()
        .onComplete(_ -> {
          inFlight--;
          wheel.disarm(exchange);
        });
    return exchange;
  }

  private InFlight refused(String reason) {
    return InFlight.failed(
        context.failedFuture(new TransportException(Fault.OVERLOADED, reason, 0)));
  }

  @Override
  public int inFlight() {
    return inFlight;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return client == null ? context.succeededFuture() : client.close();
  }
}
