package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.ReplyMatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One query as an HTTP request. */
final class HttpsExchange extends TimerWheel.Timeout implements InFlight {

  static final String MEDIA_TYPE = "application/dns-message";

  private final EncodedQuery query;
  private final byte[] sent;
  private final Promise<Received> promise;
  private final long startNanos = System.nanoTime();
  private @Nullable HttpClientRequest request;
  private @Nullable Double connectMillis;
  private long sentNanos;

  HttpsExchange(EncodedQuery query, Promise<Received> promise) {
    this.query = query;
    // Id 0, so that HTTP caches may answer (RFC 8484 section 4.1); HTTP pairs request and answer.
    this.sent = query.withId(0);
    this.promise = promise;
  }

  Buffer body() {
    return Buffer.buffer(sent);
  }

  /**
   * There is a connection, and the request is about to be sent.
   *
   * @param fresh whether it is the first request on its connection
   * @throws TransportException when the caller has cancelled the query
   */
  void sending(HttpClientRequest ready, boolean fresh) throws TransportException {
    if (promise.future().isComplete()) {
      throw new TransportException(Fault.CANCELLED, UdpQuery.CANCELLED_BY_CALLER, 1);
    }
    request = ready;
    sentNanos = System.nanoTime();
    if (fresh) {
      connectMillis = (sentNanos - startNanos) / 1e6;
    }
  }

  /** Refuses a response by its head, before its body is read. */
  static void check(HttpClientResponse response) throws TransportException {
    if (response.statusCode() != 200) {
      throw new TransportException(
          Fault.PROTOCOL, "answered with HTTP status " + response.statusCode(), 1);
    }
    String type = response.getHeader("content-type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE)) {
      throw new TransportException(
          Fault.PROTOCOL, "answered with something else than a DNS message", 1);
    }
  }

  void complete(@Nullable Buffer body) {
    byte[] wire = body == null ? new byte[0] : body.getBytes();
    if (wire.length >= Short.BYTES) {
      // A cache may answer under an id of its own.
      wire[0] = 0;
      wire[1] = 0;
    }
    if (query.match(sent, wire) == ReplyMatch.FOREIGN) {
      promise.tryFail(new TransportException(Fault.PROTOCOL, "answered another question", 1));
      return;
    }
    double queryMillis = (System.nanoTime() - sentNanos) / 1e6;
    promise.tryComplete(
        new Received(wire, true, 1, new DnsTimings(connectMillis, null, queryMillis)));
  }

  void failed(Throwable cause) {
    if (cause instanceof TransportException known) {
      if (request != null) {
        // The rest of the response is refused; without a handler the reset is logged as an error.
        request.response().onSuccess(response -> response.exceptionHandler(_ -> {}));
      }
      abandon(known.fault(), String.valueOf(known.getMessage()));
    } else if (request != null) {
      abandon(Fault.LOST, "closed the connection");
    } else if (Causes.contains(cause, SSLException.class)) {
      abandon(Fault.TLS, "failed the TLS handshake: " + Causes.rootMessage(cause));
    } else {
      abandon(Fault.UNREACHABLE, "cannot be reached");
    }
  }

  /** Ends the query, and the stream or connection that may still bring its answer. */
  private void abandon(Fault fault, String reason) {
    promise.tryFail(new TransportException(fault, reason, 1));
    if (request != null) {
      request.reset();
    }
  }

  @Override
  public Future<Received> answer() {
    return promise.future();
  }

  @Override
  public void cancel() {
    if (!promise.future().isComplete()) {
      abandon(Fault.CANCELLED, UdpQuery.CANCELLED_BY_CALLER);
    }
  }

  @Override
  protected void expired() {
    abandon(Fault.TIMEOUT, "did not answer in time");
  }
}
