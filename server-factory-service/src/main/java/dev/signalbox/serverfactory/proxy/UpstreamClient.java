package dev.signalbox.serverfactory.proxy;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.guard.Verdict;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.definition.ProxyTarget;
import dev.signalbox.serverfactory.serving.ReceivedRequest;
import dev.signalbox.serverfactory.serving.Upstream;
import dev.signalbox.serverfactory.serving.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Forwards requests over HTTP/1.1. A target's name is resolved once for a request, all its
 * addresses are judged by the guard, and the connection goes to one of those. Redirects are handed
 * back. Requests under way are bounded, and so are the bytes of a response, and how often a target
 * is contacted.
 */
public final class UpstreamClient implements Upstream {

  /** Times that one request may pass servers on demand: a proxy of itself ends there. */
  private static final int MAX_HOPS = 3;

  private static final int MAX_ADDRESSES = 4;
  private static final int MAX_CONNECTIONS = 32;
  private static final int MAX_UNDER_WAY = 256;
  private static final int IDLE_S = 30;
  private static final String PSEUDONYM = "signalbox";

  /** The trace is the gateway's own, and no business of a stranger. */
  private static final Set<String> NOT_SENT =
      Set.of("host", "content-length", "expect", "via", "traceparent", "tracestate");

  private static final Set<String> NOT_RETURNED = Set.of("content-length");

  private static final Header TEXT = new Header("content-type", "text/plain; charset=utf-8");
  private static final String RETRY_AFTER = "retry-after";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Vertx vertx;
  private final HttpClient client;
  private final TargetGuard guard;
  private final UpstreamRates rates;
  private final int maxResponse;
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * @param rates of requests to each target
   * @param maxResponse bytes of a response's body
   */
  public UpstreamClient(Vertx vertx, TargetGuard guard, UpstreamRates rates, int maxResponse) {
    this.vertx = vertx;
    this.guard = guard;
    this.rates = rates;
    this.maxResponse = maxResponse;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAliveTimeout(IDLE_S).setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_UNDER_WAY));
  }

  /** Ends its connections. */
  public Future<Void> close() {
    return client.close();
  }

  @Override
  public Future<UpstreamResponse> forward(
      ReceivedRequest request, ProxyTarget target, UnreadBodies.Share memory) {
    if (hops(request) >= MAX_HOPS) {
      return Future.succeededFuture(
          refusal(
              508, "the request passed " + MAX_HOPS + " servers on demand: a proxy of itself?"));
    }
    if (request.method().equals("CONNECT")) {
      return Future.succeededFuture(refusal(501, "CONNECT is not forwarded"));
    }
    if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
      underWay.decrementAndGet();
      return Future.succeededFuture(refusal(503, "too many forwarded requests are in flight"));
    }
    UpstreamResponse refusal =
        switch (rates.take(target.host(), target.port())) {
          case UpstreamRates.Granted() -> null;
          case UpstreamRates.Later(long nanos) ->
              refusal(
                  429,
                  "server-factory.proxy-target-rate-per-s allows "
                      + target.host()
                      + ":"
                      + target.port()
                      + " no more requests now",
                  // Rounded up: before it there is no turn.
                  Math.max(1, (nanos + SECOND - 1) / SECOND));
          case UpstreamRates.TooManyTargets() ->
              refusal(503, "too many targets are being forwarded to at once");
        };
    if (refusal != null) {
      underWay.decrementAndGet();
      return Future.succeededFuture(refusal);
    }
    return new Forwarding(request, target, memory)
        .run()
        .onComplete(_ -> underWay.decrementAndGet());
  }

  private static int hops(ReceivedRequest request) {
    int hops = 0;
    for (String via : request.headers().getAll("via")) {
      for (String hop : via.split(",")) {
        hops += hop.strip().endsWith(" " + PSEUDONYM) ? 1 : 0;
      }
    }
    return hops;
  }

  /**
   * Not by {@link ClientSSLOptions#setTrustAll}: the pool compares the trust options of
   * connections, but not that flag, so that a request that verifies could get an unverified
   * connection.
   */
  private static ClientSSLOptions sslOptions(ProxyTarget target) {
    return new ClientSSLOptions()
        .setTrustOptions(target.trust())
        .setHostnameVerificationAlgorithm(target.verified() ? "HTTPS" : "");
  }

  private static UpstreamResponse refusal(int status, String text) {
    return status == 503
        ? refusal(status, text, 1)
        : new UpstreamResponse(status, List.of(TEXT), Buffer.buffer(text + "\n"), false);
  }

  private static UpstreamResponse refusal(int status, String text, long retryAfterS) {
    return new UpstreamResponse(
        status,
        List.of(TEXT, new Header(RETRY_AFTER, Long.toString(retryAfterS))),
        Buffer.buffer(text + "\n"),
        false);
  }

  private Future<List<InetAddress>> addresses(String host) {
    Optional<InetAddress> literal = IpLiteral.parse(host);
    if (literal.isPresent()) {
      return Future.succeededFuture(List.of(literal.get()));
    }
    Promise<List<InetAddress>> found = Promise.promise();
    ((VertxInternal) vertx)
        .nameResolver()
        .resolveAll(
            host,
            result -> {
              if (result.succeeded()) {
                found.complete(
                    result.result().stream().map(InetSocketAddress::getAddress).toList());
              } else {
                found.fail(result.cause());
              }
            });
    return found.future();
  }

  /** One request on its way. All of it runs on the event loop of the server. */
  private final class Forwarding {

    private final ReceivedRequest received;
    private final ProxyTarget target;
    private final UnreadBodies.Share memory;
    private final Promise<UpstreamResponse> answer = Promise.promise();
    private @Nullable HttpClientRequest sent;
    private Buffer body = Buffer.buffer();

    Forwarding(ReceivedRequest received, ProxyTarget target, UnreadBodies.Share memory) {
      this.received = received;
      this.target = target;
      this.memory = memory;
    }

    Future<UpstreamResponse> run() {
      long timer =
          vertx.setTimer(
              target.timeout().toMillis(),
              _ ->
                  end(
                      refusal(
                          504,
                          name() + " did not answer in " + target.timeout().toMillis() + " ms")));
      // Onto the event loop that asked, whichever the resolver answers on.
      Promise<List<InetAddress>> resolved = ((VertxInternal) vertx).getOrCreateContext().promise();
      addresses(target.host()).onComplete(resolved);
      resolved
          .future()
          .onSuccess(this::judged)
          .onFailure(_ -> end(refusal(502, target.host() + " has no address")));
      return answer.future().onComplete(_ -> vertx.cancelTimer(timer));
    }

    private String name() {
      return target.host() + ":" + target.port();
    }

    private void end(UpstreamResponse response) {
      HttpClientRequest request = sent;
      if (answer.tryComplete(response) && !response.answered() && request != null) {
        request.reset();
      }
    }

    private void judged(List<InetAddress> addresses) {
      // Every address is judged, those that are not tried too: see TargetGuard.
      if (guard.judge(addresses) instanceof Verdict.Blocked blocked) {
        end(refusal(502, blocked.message()));
      } else if (addresses.isEmpty()) {
        end(refusal(502, target.host() + " has no address"));
      } else {
        connect(addresses, 0);
      }
    }

    private void connect(List<InetAddress> addresses, int index) {
      if (answer.future().isComplete()) {
        return;
      }
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.valueOf(received.method()))
              .setServer(
                  SocketAddress.inetSocketAddress(
                      new InetSocketAddress(addresses.get(index), target.port())))
              .setHost(target.host())
              .setPort(target.port())
              .setSsl(target.tls())
              .setSslOptions(sslOptions(target))
              .setConnectTimeout(target.timeout().toMillis())
              .setFollowRedirects(false)
              .setURI(uri());
      client
          .request(options)
          .onSuccess(this::sendOrFail)
          .onFailure(failure -> {
            if (failure instanceof SocketException
                && index + 1 < Math.min(addresses.size(), MAX_ADDRESSES)) {
              connect(addresses, index + 1);
            } else {
              failed(failure);
            }
          });
    }

    private String uri() {
      String path = received.path().isEmpty() ? "/" : received.path();
      String query = received.rawQuery();
      return target.prefix() + path + (query == null ? "" : "?" + query);
    }

    /** What a server takes in a request a client may refuse to send. */
    private void sendOrFail(HttpClientRequest request) {
      try {
        send(request);
      } catch (IllegalArgumentException e) {
        sent = request;
        end(refusal(502, "the request cannot be forwarded: " + shortened(e.getMessage())));
      }
    }

    private void send(HttpClientRequest request) {
      if (answer.future().isComplete()) {
        request.reset();
        return;
      }
      sent = request;
      for (var header : EndToEndHeaders.of(received.headers(), NOT_SENT)) {
        request.headers().add(header.getKey(), header.getValue());
      }
      for (String via : received.headers().getAll("via")) {
        request.headers().add("via", via);
      }
      request.headers().add("via", "1.1 " + PSEUDONYM);
      if (target.preserveHost() && received.authority() != null) {
        request.authority(received.authority());
      }
      boolean without =
          received.body().length() == 0 && !received.headers().contains("content-length");
      (without ? request.send() : request.send(received.body()))
          .onSuccess(this::received)
          .onFailure(this::failed);
    }

    private void received(HttpClientResponse response) {
      response.exceptionHandler(this::failed);
      response.handler(chunk -> {
        if (answer.future().isComplete()) {
          return;
        }
        long most = Math.min(maxResponse, memory.limit());
        if (body.length() + chunk.length() > most) {
          end(refusal(502, name() + " answered more than " + most + " bytes"));
        } else if (!memory.take(chunk.length())) {
          end(refusal(503, "bodies that clients have not read take too much memory"));
        } else {
          body.appendBuffer(chunk);
        }
      });
      response.endHandler(_ ->
          end(
              new UpstreamResponse(
                  response.statusCode(),
                  EndToEndHeaders.of(response.headers(), NOT_RETURNED).stream()
                      .map(header -> new Header(header.getKey(), header.getValue()))
                      .toList(),
                  body,
                  true)));
    }

    private void failed(Throwable failure) {
      String reason =
          switch (failure) {
            case ConnectException _, NoRouteToHostException _ -> "cannot be connected to";
            case UnknownHostException _ -> "has no address";
            case SSLException e -> "has no acceptable TLS: " + e.getMessage();
            default -> "broke off: " + failure.getMessage();
          };
      end(refusal(502, name() + " " + shortened(reason)));
    }

    private static String shortened(@Nullable String text) {
      String line = String.valueOf(text).replaceAll("\\p{Cntrl}", " ");
      return line.length() <= 200 ? line : line.substring(0, 200);
    }
  }
}
