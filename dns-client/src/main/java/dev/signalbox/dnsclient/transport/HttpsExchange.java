package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.ReplyMatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One query as an HTTP request. */
final class HttpsExchange extends TimerWheel.Timeout implements InFlight {

  static final String MEDIA_TYPE = "application/dns-message";

  private static final int LONGEST_MESSAGE = 65_535;

  private final EncodedQuery query;
  private final byte[] sent;
  private final Promise<Received> promise;
  private final Set<HttpConnection> fresh;
  private final long startNanos = System.nanoTime();
  private final Buffer body = Buffer.buffer();
  private @Nullable HttpClientRequest request;
  private @Nullable Double connectMillis;
  private long sentNanos;

  HttpsExchange(EncodedQuery query, Promise<Received> promise, Set<HttpConnection> fresh) {
    this.query = query;
    // Id 0, so that HTTP caches may answer (RFC 8484 section 4.1); HTTP pairs request and answer.
    this.sent = query.withId(0);
    this.promise = promise;
    this.fresh = fresh;
  }

  void send(HttpClientRequest ready) {
    if (promise.future().isComplete()) {
      ready.reset();
      return;
    }
    request = ready;
    sentNanos = System.nanoTime();
    if (fresh.remove(ready.connection())) {
      connectMillis = (sentNanos - startNanos) / 1e6;
    }
    ready.response().onSuccess(this::answered).onFailure(this::lost);
    ready.end(Buffer.buffer(sent));
  }

  void unreachable(Throwable cause) {
    if (Causes.contains(cause, SSLException.class)) {
      fail(Fault.TLS, "failed the TLS handshake: " + Causes.rootMessage(cause));
    } else {
      fail(Fault.UNREACHABLE, "cannot be reached");
    }
  }

  private void lost(Throwable unused) {
    fail(Fault.LOST, "closed the connection");
  }

  private void answered(HttpClientResponse response) {
    response.exceptionHandler(this::lost);
    if (response.statusCode() != 200) {
      abandon(Fault.PROTOCOL, "answered with HTTP status " + response.statusCode());
      return;
    }
    String type = response.getHeader("content-type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE)) {
      abandon(Fault.PROTOCOL, "answered with something else than a DNS message");
      return;
    }
    response.handler(this::append);
    response.endHandler(_ -> complete());
  }

  private void append(Buffer part) {
    if (body.length() + part.length() > LONGEST_MESSAGE) {
      abandon(Fault.PROTOCOL, "answered with more than 65,535 bytes");
    } else {
      body.appendBuffer(part);
    }
  }

  private void complete() {
    byte[] wire = body.getBytes();
    if (wire.length >= Short.BYTES) {
      // A cache may answer under an id of its own.
      wire[0] = 0;
      wire[1] = 0;
    }
    if (query.match(sent, wire) == ReplyMatch.FOREIGN) {
      fail(Fault.PROTOCOL, "answered another question");
      return;
    }
    double queryMillis = (System.nanoTime() - sentNanos) / 1e6;
    promise.tryComplete(
        new Received(wire, true, 1, new DnsTimings(connectMillis, null, queryMillis)));
  }

  private void abandon(Fault fault, String reason) {
    fail(fault, reason);
    HttpClientRequest sending = request;
    if (sending != null) {
      sending.reset();
    }
  }

  private void fail(Fault fault, String reason) {
    promise.tryFail(new TransportException(fault, reason, 1));
  }

  @Override
  public Future<Received> answer() {
    return promise.future();
  }

  @Override
  public void cancel() {
    if (!promise.future().isComplete()) {
      abandon(Fault.CANCELLED, UdpQuery.GIVEN_UP);
    }
  }

  @Override
  protected void expired() {
    abandon(Fault.TIMEOUT, "did not answer in time");
  }
}
